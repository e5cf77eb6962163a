package io.kubeferry.core.observe;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The last few connections of one kind that have ended; each new one takes the place of the oldest. Fewer are kept where
 * many service ports are busy: {@link RecentLimit}.
 *
 * <p>Thread-safe: event loops add without locks, readers see what is there at that moment.
 */
public final class RecentConnections {
    /** How many are kept at most. A power of two. */
    public static final int CAPACITY = 16;

    private static final Comparator<RecentConnection> LATEST_FIRST =
            (one, other) -> Long.signum(other.endedNanos() - one.endedNanos());

    private final AtomicReferenceArray<RecentConnection> slots = new AtomicReferenceArray<>(CAPACITY);
    private final AtomicInteger next = new AtomicInteger();
    private final RecentLimit limit;

    /** Keeps none yet, and later as many as {@code limit} leaves to it. */
    RecentConnections(RecentLimit limit) {
        this.limit = limit;
    }

    void add(RecentConnection connection) {
        int number = next.getAndIncrement();
        if (number == 0) {
            limit.begins(this);
        }
        if (slots.getAndSet(number & (CAPACITY - 1), connection) == null) {
            limit.taken();
        }
    }

    /** How many are kept. */
    int size() {
        int size = 0;
        for (int i = 0; i < CAPACITY; i++) {
            size += slots.getAcquire(i) == null ? 0 : 1;
        }
        return size;
    }

    /** Forgets all but the latest {@code count}, and returns how many are left. */
    int keepLatest(int count) {
        int newest = next.get() - 1;
        int left = 0;
        for (int age = 0; age < CAPACITY; age++) {
            int slot = (newest - age) & (CAPACITY - 1);
            if (left >= count) {
                slots.setRelease(slot, null);
            } else if (slots.getAcquire(slot) != null) {
                left++;
            }
        }
        return left;
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
