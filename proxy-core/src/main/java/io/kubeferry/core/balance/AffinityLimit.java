package io.kubeferry.core.balance;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds how many clients all {@link AffinityTable}s of a process remember together.
 *
 * <p>Fair: when there is no more room, the tables with the most clients give some up, down to a common level. So a table
 * that has no more than its equal part, which is 98 % of the limit divided by the number of tables, loses nothing, whoever
 * floods another.
 *
 * <p>Thread-safe. Adding a client is one atomic count; every fiftieth part of the limit one thread makes room for the next.
 */
public final class AffinityLimit {
    /** Some 20 MB, which fits a process on a node. */
    public static final int DEFAULT_MAX_CLIENTS = 100_000;

    private static final int PARTS = 50;

    private final long maxClients;
    private final AtomicLong clients = new AtomicLong();
    /** Guarded by this. */
    private final List<AffinityTable> tables = new ArrayList<>();

    /** At most {@code maxClients} in all tables, and one more for each thread that adds one at the same moment. */
    public AffinityLimit(int maxClients) {
        this.maxClients = maxClients;
    }

    long maxClients() {
        return maxClients;
    }

    synchronized void add(AffinityTable table) {
        tables.add(table);
    }

    synchronized void remove(AffinityTable table) {
        tables.remove(table);
    }

    /** A table remembers one client more. {@link #makeRoom} is to follow, when no entry of a table is held. */
    void clientAdded() {
        clients.incrementAndGet();
    }

    /** A table remembers one client less. */
    void clientForgotten() {
        clients.decrementAndGet();
    }

    void makeRoom() {
        if (clients.get() > maxClients) {
            makeRoomForMany();
        }
    }

    private synchronized void makeRoomForMany() {
        if (clients.get() <= maxClients) {
            return; // Another thread did it meanwhile.
        }
        // Clients whose time is over are no reason to forget others.
        tables.forEach(AffinityTable::forgetExpired);
        long level = level(tables.stream().mapToLong(AffinityTable::size).toArray(), maxClients - maxClients / PARTS);
        tables.forEach(table -> table.shrinkTo(level));
    }

    /** The greatest size that leaves no more than {@code room} in use if nothing is greater. */
    static long level(long[] sizes, long room) {
        long[] ascending = sizes.clone();
        Arrays.sort(ascending);
        long left = room;
        for (int i = 0; i < ascending.length; i++) {
            int bigger = ascending.length - i;
            if (ascending[i] * bigger > left) {
                return left / bigger;
            }
            left -= ascending[i];
        }
        return Long.MAX_VALUE;
    }
}
