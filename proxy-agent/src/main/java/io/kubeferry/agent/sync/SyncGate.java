package io.kubeferry.agent.sync;

import java.util.concurrent.atomic.AtomicInteger;

/** Opens when every source has delivered its first complete list; nothing is served before. Thread-safe. */
final class SyncGate {
    private final AtomicInteger missing;

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

    boolean isOpen() {
        return missing.get() <= 0;
    }
}
