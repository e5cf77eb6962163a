package io.kubeferry.core.observe;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Bounds how many connections all {@link RecentConnections} of a process keep together. When there are too many, those
 * who keep the most give up their oldest, down to a common number. So ten thousand busy service ports keep a few each.
 *
 * <p>Thread-safe. Only a connection that takes an empty place is counted; every fiftieth part of the limit one thread
 * makes room for the next. Who is gone with its service port leaves by itself.
 */
public final class RecentLimit {
    /** Some 13 MB. */
    public static final int DEFAULT_MAX_CONNECTIONS = 32_768;

    private static final int PARTS = 50;

    private final int maxConnections;
    /** Too high by those of service ports that are gone, until room is made. */
    private final AtomicInteger kept = new AtomicInteger();
    /** Guarded by this. */
    private final List<WeakReference<RecentConnections>> keepers = new ArrayList<>();

    /** At most {@code maxConnections}, and one more for each thread that adds one at the same moment. */
    public RecentLimit(int maxConnections) {
        this.maxConnections = maxConnections;
    }

    /** {@code keeper} keeps its first one. */
    synchronized void begins(RecentConnections keeper) {
        keepers.add(new WeakReference<>(keeper));
    }

    /** An empty place was taken. */
    void taken() {
        if (kept.incrementAndGet() > maxConnections) {
            makeRoom();
        }
    }

    private synchronized void makeRoom() {
        if (kept.get() <= maxConnections) {
            return; // Another thread did it meanwhile.
        }
        keepers.removeIf(keeper -> keeper.get() == null);
        List<RecentConnections> present = keepers.stream()
                .map(WeakReference::get)
                .filter(Objects::nonNull)
                .toList();
        int each = RecentConnections.CAPACITY;
        while (each > 0 && wouldKeep(present, each) > maxConnections - maxConnections / PARTS) {
            each--;
        }
        int left = 0;
        for (RecentConnections keeper : present) {
            left += keeper.keepLatest(each);
        }
        kept.set(left);
    }

    private static int wouldKeep(List<RecentConnections> keepers, int each) {
        int sum = 0;
        for (RecentConnections keeper : keepers) {
            sum += Math.min(keeper.size(), each);
        }
        return sum;
    }
}
