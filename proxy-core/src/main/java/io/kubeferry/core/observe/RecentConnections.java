package io.kubeferry.core.observe;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The last few connections of one kind that have ended; each new one takes the place of the oldest.
 *
 * <p>Thread-safe: event loops add without locks, readers see what is there at that moment.
 */
public final class RecentConnections {
    /** How many are kept. A power of two. */
    public static final int CAPACITY = 16;

    private static final Comparator<RecentConnection> LATEST_FIRST =
            (one, other) -> Long.signum(other.endedNanos() - one.endedNanos());

    private final AtomicReferenceArray<RecentConnection> slots = new AtomicReferenceArray<>(CAPACITY);
    private final AtomicInteger next = new AtomicInteger();

    void add(RecentConnection connection) {
        slots.setRelease(next.getAndIncrement() & (CAPACITY - 1), connection);
    }

    /** Those that are kept, the latest first. */
    public List<RecentConnection> latestFirst() {
        List<RecentConnection> kept = new ArrayList<>(CAPACITY);
        for (int i = 0; i < CAPACITY; i++) {
            RecentConnection connection = slots.getAcquire(i);
            if (connection != null) {
                kept.add(connection);
            }
        }
        kept.sort(LATEST_FIRST);
        return kept;
    }
}
