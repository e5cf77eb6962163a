package io.kubeferry.agent.metrics;

import java.io.IOException;

/** Somebody who knows values. Called at a scrape, on the HTTP worker. */
@FunctionalInterface
public interface MeterSource {
    /** Adds what there is to tell now. */
    void writeTo(Exposition exposition);

    /** Writes what there is too much of for that. */
    default void writeTo(SeriesText text) throws IOException {}
}
