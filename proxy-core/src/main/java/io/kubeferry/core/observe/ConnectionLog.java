package io.kubeferry.core.observe;

/** Hears of every connection that has ended. Called on event loops: must be thread-safe, and must not block. */
@FunctionalInterface
public interface ConnectionLog {
    /** A connection has ended; each is told once. */
    void ended(ConnectionSummary summary);
}
