package io.kubeferry.agent.sync;

import java.time.Duration;

/**
 * How often syncs may and must run. Immutable.
 *
 * @param minInterval between the end of a run and the start of the next, at least
 * @param retryInterval between a run that failed and the next, at most
 * @param maxInterval between a run and the next, at most
 */
public record Pacing(Duration minInterval, Duration retryInterval, Duration maxInterval) {
    /** What kube-proxy does by default: {@code minSyncPeriod}, {@code syncPeriod} and its {@code FullSyncPeriod}. */
    public static final Pacing KUBE_PROXY =
            new Pacing(Duration.ofSeconds(1), Duration.ofSeconds(30), Duration.ofHours(1));

    /** Checks the order of the three. */
    public Pacing {
        if (minInterval.isNegative()) {
            throw new IllegalArgumentException("minimum interval: " + minInterval + " (expected: not negative)");
        }
        if (maxInterval.compareTo(minInterval) < 0) {
            throw new IllegalArgumentException(
                    "maximum interval: " + maxInterval + " (expected: at least the minimum, " + minInterval + ")");
        }
        if (retryInterval.isNegative() || retryInterval.isZero()) {
            throw new IllegalArgumentException("retry interval: " + retryInterval + " (expected: more than zero)");
        }
    }
}
