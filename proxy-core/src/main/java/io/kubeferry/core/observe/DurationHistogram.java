package io.kubeferry.core.observe;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts durations in fixed buckets. Thread-safe; recording takes no lock and allocates nothing.
 */
public final class DurationHistogram {
    private final long[] upperBoundsNanos;
    private final LongAdder[] buckets;
    private final LongAdder sumNanos = new LongAdder();

    /** Buckets up to each of {@code upperBounds}, which ascend, and one for everything longer. */
    public DurationHistogram(Duration... upperBounds) {
        upperBoundsNanos = new long[upperBounds.length];
        buckets = new LongAdder[upperBounds.length + 1];
        for (int i = 0; i < upperBounds.length; i++) {
            upperBoundsNanos[i] = upperBounds[i].toNanos();
            if (i > 0 && upperBoundsNanos[i] <= upperBoundsNanos[i - 1]) {
                throw new IllegalArgumentException("bucket bound: " + upperBounds[i] + " (expected: ascending)");
            }
        }
        for (int i = 0; i < buckets.length; i++) {
            buckets[i] = new LongAdder();
        }
    }

    /** Counts one duration. */
    public void record(long nanos) {
        int bucket = 0;
        while (bucket < upperBoundsNanos.length && nanos > upperBoundsNanos[bucket]) {
            bucket++;
        }
        buckets[bucket].increment();
        sumNanos.add(nanos);
    }

    /** The counts so far. Concurrent records may or may not be in it. */
    public Reading read() {
        long[] counts = new long[buckets.length];
        for (int i = 0; i < buckets.length; i++) {
            counts[i] = buckets[i].sum();
        }
        return new Reading(upperBoundsNanos.clone(), counts, sumNanos.sum());
    }

    /**
     * What a histogram held at one moment.
     *
     * @param upperBoundsNanos upper bounds of all buckets but the last, which has none
     * @param counts durations per bucket, not cumulated; one more than there are bounds
     */
    @SuppressWarnings("ArrayRecordComponent") // Written once by read(), handed to one exporter, never compared.
    public record Reading(long[] upperBoundsNanos, long[] counts, long sumNanos) {
        /** The number of durations counted. */
        public long count() {
            long total = 0;
            for (long count : counts) {
                total += count;
            }
            return total;
        }
    }
}
