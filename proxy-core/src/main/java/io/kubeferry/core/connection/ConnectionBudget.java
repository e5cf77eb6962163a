package io.kubeferry.core.connection;

import java.util.OptionalInt;
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

    /** Whether a connection may be. */
    enum Grant {
        GRANTED,
        /** The process keeps the rest for other service ports. */
        BUDGET_USED_UP,
        /** The owner of the Service allows no more. */
        MAX_REACHED
    }

    /** What one service port has of the budget. Thread-safe. */
    public final class Share {
        private final AtomicInteger inUseHere = new AtomicInteger();
        private volatile int max = Integer.MAX_VALUE;

        private Share() {}

        /** Sets what the owner of the Service allows; connections beyond a lower number go on. */
        public void setMax(OptionalInt connections) {
            int wanted = connections.orElse(Integer.MAX_VALUE);
            if (wanted != max) {
                max = wanted;
            }
        }

        /** Takes a place for one connection, if the service port may have one more. */
        Grant take() {
            int mine = inUseHere.incrementAndGet();
            if (mine > max) {
                inUseHere.decrementAndGet();
                return Grant.MAX_REACHED;
            }
            if (mine > Math.max(1, limit / 2)) {
                inUseHere.decrementAndGet();
                return Grant.BUDGET_USED_UP;
            }
            inUse.incrementAndGet();
            return Grant.GRANTED;
        }

        /** Gives the place of one ended connection back. */
        void giveBack() {
            inUseHere.decrementAndGet();
            inUse.decrementAndGet();
        }
    }
}
