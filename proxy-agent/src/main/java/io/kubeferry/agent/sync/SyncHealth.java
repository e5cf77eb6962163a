package io.kubeferry.agent.sync;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.observe.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * Whether syncs keep up, per IP family. A family is healthy unless a sync has been queued and none has succeeded for the
 * time-out since: with nothing to do it stays healthy for ever, whatever becomes of the API server. As kube-proxy
 * ({@code pkg/proxy/healthcheck/proxy_health.go}). Thread-safe.
 */
public final class SyncHealth {
    private final long timeoutNanos;
    private final Ticker ticker;
    private final InstantSource clock;

    @GuardedBy("this")
    private final Map<IpFamily, Instant> lastUpdated = new EnumMap<>(IpFamily.class);

    @GuardedBy("this")
    private final Map<IpFamily, Long> oldestQueuedNanos = new EnumMap<>(IpFamily.class);

    /** Late is {@code timeout} by {@code ticker}; {@code clock} is only shown. */
    public SyncHealth(Duration timeout, Ticker ticker, InstantSource clock) {
        timeoutNanos = timeout.toNanos();
        this.ticker = ticker;
        this.clock = clock;
    }

    /** A sync of {@code family} was requested. Only the oldest request since the last success counts. */
    synchronized void queued(IpFamily family) {
        oldestQueuedNanos.putIfAbsent(family, ticker.nanos());
    }

    /** A sync of {@code family} succeeded, or its first one is about to be waited for. */
    synchronized void updated(IpFamily family) {
        oldestQueuedNanos.remove(family);
        lastUpdated.put(family, clock.instant());
    }

    /** The state of this moment. */
    public synchronized Report report() {
        Map<IpFamily, Family> families = new EnumMap<>(IpFamily.class);
        lastUpdated.forEach((family, updated) -> families.put(family, new Family(updated, !late(family))));
        return new Report(clock.instant(), families);
    }

    @GuardedBy("this")
    private boolean late(IpFamily family) {
        Long queued = oldestQueuedNanos.get(family);
        return queued != null && ticker.nanos() - queued >= timeoutNanos;
    }

    /**
     * What syncs were like at one moment. Immutable.
     *
     * @param families those that are served, in the order of {@link IpFamily}
     */
    public record Report(Instant currentTime, Map<IpFamily, Family> families) {
        /** Freezes the map. */
        public Report {
            families = Collections.unmodifiableMap(new EnumMap<IpFamily, Family>(families));
        }

        /** Whether every family is healthy. */
        public boolean healthy() {
            return families.values().stream().allMatch(Family::healthy);
        }

        /** The latest success of any family. */
        public Optional<Instant> lastUpdated() {
            return families.values().stream().map(Family::lastUpdated).max(Instant::compareTo);
        }
    }

    /** One IP family in a {@link Report}. */
    public record Family(Instant lastUpdated, boolean healthy) {}
}
