package io.kubeferry.agent.sync;

/**
 * Decides when the next run is due; knows no thread and no clock. The rules are those of kube-proxy
 * ({@code pkg/proxy/runner/bounded_frequency_runner.go}). Not thread-safe.
 */
final class Pace {
    private final long minNanos;
    private final long retryNanos;
    private final long maxNanos;
    private boolean requested;
    private long earliestNanos;
    private long unaskedNanos;

    /** Nothing has run yet: a request is due at once, and without one the first run comes after the longest interval. */
    Pace(Pacing pacing, long nowNanos) {
        minNanos = pacing.minInterval().toNanos();
        maxNanos = pacing.maxInterval().toNanos();
        retryNanos = Math.clamp(pacing.retryInterval().toNanos(), minNanos, maxNanos);
        earliestNanos = nowNanos;
        unaskedNanos = nowNanos + maxNanos;
    }

    /** A run is wanted as soon as may be. Requests before the next start are one. */
    void requested() {
        requested = true;
    }

    /** A run starts; what is requested from now on is for the one after it. */
    void started() {
        requested = false;
    }

    /** A run ended well. */
    void succeeded(long nowNanos) {
        earliestNanos = nowNanos + minNanos;
        unaskedNanos = nowNanos + maxNanos;
    }

    /** A run failed: it is repeated without being asked for. */
    void failed(long nowNanos) {
        earliestNanos = nowNanos + minNanos;
        unaskedNanos = nowNanos + retryNanos;
    }

    /** Nanoseconds until the next run should start; zero or less means now. */
    long nanosUntilDue(long nowNanos) {
        return (requested ? earliestNanos : unaskedNanos) - nowNanos;
    }
}
