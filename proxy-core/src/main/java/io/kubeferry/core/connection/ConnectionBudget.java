package io.kubeferry.core.connection;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many connections the process may have, and how many of them one service port may take: half, so that one busy
 * Service cannot shut out the others. Thread-safe.
 */
public final class ConnectionBudget {
    private final AtomicInteger inUse = new AtomicInteger();
    private volatile int limit;

    /** A budget of {@code limit} connections. */
    public ConnectionBudget(int limit) {
        this.limit = limit;
    }

    /** Changes the limit; connections beyond a lower one go on. */
    public void setLimit(int limit) {
        this.limit = limit;
    }

    /** Whether every connection that may be is there. */
    public boolean isExhausted() {
        return inUse.get() >= limit;
    }

    /** The part of one service port, empty at first. */
    public Share newShare() {
        return new Share();
    }

    /** What one service port has of the budget. Thread-safe. */
    public final class Share {
        private final AtomicInteger inUseHere = new AtomicInteger();

        private Share() {}

        /** Takes a place for one connection; false if the service port has all it may have. */
        boolean take() {
            if (inUseHere.incrementAndGet() > Math.max(1, limit / 2)) {
                inUseHere.decrementAndGet();
                return false;
            }
            inUse.incrementAndGet();
            return true;
        }

        /** Gives the place of one ended connection back. */
        void giveBack() {
            inUseHere.decrementAndGet();
            inUse.decrementAndGet();
        }
    }
}
