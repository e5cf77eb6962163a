package io.kubeferry.agent.http;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many connections may be open at once, so that nobody can use up the descriptors that traffic needs. Servers that
 * share a budget share its places. Thread-safe.
 */
public final class ConnectionBudget {
    /** Enough for every probe and scraper of a node. */
    private static final int DEFAULT_CONNECTIONS = 256;

    private final int max;
    private final AtomicInteger taken = new AtomicInteger();

    /** A budget of {@code max} connections. */
    public ConnectionBudget(int max) {
        if (max < 1) {
            throw new IllegalArgumentException("HTTP connections: " + max + " (expected: at least 1)");
        }
        this.max = max;
    }

    /** A budget of the usual size. */
    public static ConnectionBudget ofDefaultSize() {
        return new ConnectionBudget(DEFAULT_CONNECTIONS);
    }

    /** Takes a place; false if there is none. */
    boolean take() {
        if (taken.incrementAndGet() <= max) {
            return true;
        }
        taken.decrementAndGet();
        return false;
    }

    void giveBack() {
        taken.decrementAndGet();
    }
}
