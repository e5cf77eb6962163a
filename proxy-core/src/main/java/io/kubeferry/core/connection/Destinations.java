package io.kubeferry.core.connection;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Finds what a connection is for by the address its client wanted, whichever socket accepted it. Thread-safe. */
@FunctionalInterface
public interface Destinations {
    /** What is served at {@code originalDestination} to {@code client}, or null if nothing is. */
    @Nullable
    Destination find(InetSocketAddress originalDestination, InetSocketAddress client);
}
