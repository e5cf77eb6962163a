package io.kubeferry.agent.metrics;

/** Somebody who knows values. Called at a scrape, on the HTTP worker. */
@FunctionalInterface
public interface MeterSource {
    /** Adds what there is to tell now. */
    void writeTo(Exposition exposition);
}
