package io.kubeferry.agent.options;

import java.time.Duration;

/**
 * How often changes are applied. Immutable.
 *
 * @param minSyncPeriod the least time between the end of one sync and the start of the next
 * @param syncPeriod after how long a failed sync is tried again; twice this without a sync is unhealthy
 * @param configSyncPeriod how often kube-proxy would look again at all that it knows, which is not needed here
 */
public record SyncOptions(Duration minSyncPeriod, Duration syncPeriod, Duration configSyncPeriod) {
    /** kube-proxy's periods. */
    public static final SyncOptions DEFAULT =
            new SyncOptions(Duration.ofSeconds(1), Duration.ofSeconds(30), Duration.ofMinutes(15));

    /** Checks the ranges, and that the least period is not the longest (kube-proxy: {@code validation.go}). */
    public SyncOptions {
        if (!syncPeriod.isPositive()) {
            throw new InvalidOption("--sync-period", GoDuration.format(syncPeriod), "more than 0");
        }
        if (minSyncPeriod.isNegative() || minSyncPeriod.compareTo(syncPeriod) > 0) {
            throw new InvalidOption(
                    "--min-sync-period",
                    GoDuration.format(minSyncPeriod),
                    "0.." + GoDuration.format(syncPeriod) + ", the sync period");
        }
        if (!configSyncPeriod.isPositive()) {
            throw new InvalidOption("--config-sync-period", GoDuration.format(configSyncPeriod), "more than 0");
        }
    }
}
