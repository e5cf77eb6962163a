package io.kubeferry.agent.metrics;

import io.kubeferry.agent.sync.SyncObserver;
import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.model.ProxySnapshot;
import io.kubeferry.core.observe.DurationHistogram;
import io.prometheus.metrics.model.snapshots.Labels;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What kube-proxy tells of its syncs, under its names and in its buckets ({@code pkg/proxy/metrics/metrics.go}). One sync
 * here covers all IP families, so each of them has it. Thread-safe.
 */
public final class SyncMetrics implements SyncObserver, MeterSource {
    private static final double MILLIS_PER_SECOND = 1e3;

    private final InstantSource clock;
    private final LocalEndpointGaps gaps;
    private final Map<IpFamily, OfFamily> families = new EnumMap<>(IpFamily.class);
    private final Map<Subject, LongAdder> seen = new EnumMap<>(Subject.class);
    private final Map<Subject, AtomicInteger> pending = new EnumMap<>(Subject.class);
    private final LongAdder failures = new LongAdder();

    /** For the IP families that are served. */
    public SyncMetrics(Set<IpFamily> served, InstantSource clock, LocalEndpointGaps gaps) {
        this.clock = clock;
        this.gaps = gaps;
        served.forEach(family -> families.put(family, new OfFamily()));
        for (Subject subject : Subject.values()) {
            seen.put(subject, new LongAdder());
            pending.put(subject, new AtomicInteger());
        }
    }

    @Override
    public void changesSeen(Subject subject, int count) {
        Optional.ofNullable(seen.get(subject)).ifPresent(counter -> counter.add(count));
    }

    @Override
    public void changesPending(Subject subject, int count) {
        Optional.ofNullable(pending.get(subject)).ifPresent(gauge -> gauge.set(count));
    }

    @Override
    public void queued(Set<IpFamily> affected) {
        Instant now = clock.instant();
        families.forEach((family, metrics) -> {
            if (affected.contains(family)) {
                metrics.lastQueued = now;
            }
        });
    }

    @Override
    public void succeeded(ProxySnapshot snapshot, Run run, Map<IpFamily, List<Duration>> programming) {
        Instant now = clock.instant();
        families.forEach((family, metrics) -> {
            metrics.ran(run);
            metrics.lastSynced = now;
            programming
                    .getOrDefault(family, List.of())
                    .forEach(took -> metrics.programming.record(Math.max(0, took.toNanos())));
        });
    }

    @Override
    public void failed(Run run) {
        failures.increment();
        families.values().forEach(metrics -> metrics.ran(run));
    }

    @Override
    public void writeTo(Exposition exposition) {
        exposition.counter(MetricFamily.SYNC_FAILURES, Labels.EMPTY, failures.sum());
        changes(exposition, Subject.SERVICE, MetricFamily.SERVICE_CHANGES, MetricFamily.SERVICE_CHANGES_PENDING);
        changes(exposition, Subject.ENDPOINTS, MetricFamily.ENDPOINT_CHANGES, MetricFamily.ENDPOINT_CHANGES_PENDING);
        families.forEach((family, metrics) -> {
            String name = family.kubernetesName();
            metrics.writeTo(exposition, Exposition.labels(MetricFamily.SYNC_DURATION, name));
            gap(exposition, "internal", name, gaps.internal(family));
            gap(exposition, "external", name, gaps.external(family));
        });
    }

    private void changes(Exposition exposition, Subject subject, MetricFamily total, MetricFamily waiting) {
        Optional.ofNullable(seen.get(subject))
                .ifPresent(counter -> exposition.counter(total, Labels.EMPTY, counter.sum()));
        Optional.ofNullable(pending.get(subject))
                .ifPresent(gauge -> exposition.gauge(waiting, Labels.EMPTY, gauge.get()));
    }

    private static void gap(Exposition exposition, String policy, String family, int servicePorts) {
        exposition.gauge(
                MetricFamily.NO_LOCAL_ENDPOINTS,
                Exposition.labels(MetricFamily.NO_LOCAL_ENDPOINTS, policy, family),
                servicePorts);
    }

    /** One IP family. */
    private static final class OfFamily {
        private final DurationHistogram all = new DurationHistogram(Buckets.SYNC);
        private final DurationHistogram full = new DurationHistogram(Buckets.SYNC);
        private final DurationHistogram partial = new DurationHistogram(Buckets.SYNC);
        private final DurationHistogram programming = new DurationHistogram(Buckets.NETWORK_PROGRAMMING);
        /** Null before the first one. */
        private volatile @Nullable Instant lastSynced;
        /** Null before the first one. */
        private volatile @Nullable Instant lastQueued;

        private void ran(Run run) {
            long nanos = run.took().toNanos();
            all.record(nanos);
            switch (run.extent()) {
                case EARLY, FULL -> full.record(nanos);
                case PARTIAL -> partial.record(nanos);
            }
        }

        private void writeTo(Exposition exposition, Labels labels) {
            exposition.histogram(MetricFamily.SYNC_DURATION, labels, all.read());
            exposition.histogram(MetricFamily.SYNC_FULL_DURATION, labels, full.read());
            exposition.histogram(MetricFamily.SYNC_PARTIAL_DURATION, labels, partial.read());
            exposition.histogram(MetricFamily.NETWORK_PROGRAMMING, labels, programming.read());
            time(exposition, MetricFamily.SYNC_LAST, labels, lastSynced);
            time(exposition, MetricFamily.SYNC_LAST_QUEUED, labels, lastQueued);
        }

        private static void time(Exposition exposition, MetricFamily family, Labels labels, @Nullable Instant instant) {
            if (instant != null) {
                exposition.gauge(family, labels, instant.toEpochMilli() / MILLIS_PER_SECOND);
            }
        }
    }
}
