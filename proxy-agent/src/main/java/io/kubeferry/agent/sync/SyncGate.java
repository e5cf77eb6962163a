package io.kubeferry.agent.sync;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Opens when every source has delivered its first complete list; nothing is served before, unless it opens early for what an
 * earlier process has left. Thread-safe.
 */
final class SyncGate {
    private final AtomicInteger missing;
    private volatile boolean early;

    SyncGate(int sources) {
        if (sources < 1) {
            throw new IllegalArgumentException("sources: " + sources + " (expected: at least 1)");
        }
        missing = new AtomicInteger(sources);
    }

    /** One more source is complete. True if it was the last one. */
    boolean sourceSynced() {
        return missing.decrementAndGet() == 0;
    }

    /** There is something to serve although sources are missing. */
    void openEarly() {
        early = true;
    }

    boolean isOpen() {
        return early || isComplete();
    }

    /** Whether every source is complete. */
    boolean isComplete() {
        return missing.get() <= 0;
    }
}
