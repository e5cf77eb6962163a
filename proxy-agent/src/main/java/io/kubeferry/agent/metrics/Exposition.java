package io.kubeferry.agent.metrics;

import io.kubeferry.core.observe.DurationHistogram;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Exemplars;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The values of one scrape, by family. Snapshots are made here rather than by Micrometer's meters, which rename gauges
 * called {@code _total} or {@code _info} and add a {@code _max} to every histogram. One thread only.
 */
public final class Exposition {
    private static final double NANOS_PER_SECOND = 1e9;

    private final Map<MetricFamily, List<CounterDataPointSnapshot>> counters = new EnumMap<>(MetricFamily.class);
    private final Map<MetricFamily, List<GaugeDataPointSnapshot>> gauges = new EnumMap<>(MetricFamily.class);
    private final Map<MetricFamily, List<HistogramDataPointSnapshot>> histograms = new EnumMap<>(MetricFamily.class);

    /** The label values of a series, shared by the families that have the same labels. */
    static Labels labels(MetricFamily family, String... values) {
        return Labels.of(family.labels(), List.of(values));
    }

    void counter(MetricFamily family, Labels labels, double value) {
        counters.computeIfAbsent(family, absent -> new ArrayList<>())
                .add(new CounterDataPointSnapshot(value, labels, null, 0));
    }

    /** Counts beyond 2^53 lose their last digits, as all do in Prometheus. */
    void counter(MetricFamily family, Labels labels, long value) {
        counter(family, labels, (double) value);
    }

    void gauge(MetricFamily family, Labels labels, long value) {
        gauge(family, labels, (double) value);
    }

    void gauge(MetricFamily family, Labels labels, double value) {
        gauges.computeIfAbsent(family, absent -> new ArrayList<>())
                .add(new GaugeDataPointSnapshot(value, labels, null));
    }

    void histogram(MetricFamily family, Labels labels, DurationHistogram.Reading reading) {
        long[] bounds = reading.upperBoundsNanos();
        double[] upperBounds = new double[bounds.length + 1];
        for (int i = 0; i < bounds.length; i++) {
            upperBounds[i] = bounds[i] / NANOS_PER_SECOND;
        }
        upperBounds[bounds.length] = Double.POSITIVE_INFINITY;
        histograms
                .computeIfAbsent(family, absent -> new ArrayList<>())
                .add(new HistogramDataPointSnapshot(
                        ClassicHistogramBuckets.of(upperBounds, reading.counts()),
                        reading.sumNanos() / NANOS_PER_SECOND,
                        labels,
                        Exemplars.EMPTY,
                        0));
    }

    /** Everything that was added. */
    MetricSnapshots snapshots() {
        List<MetricSnapshot> snapshots = new ArrayList<>();
        counters.forEach((family, points) -> snapshots.add(new CounterSnapshot(metadata(family), points)));
        gauges.forEach((family, points) -> snapshots.add(new GaugeSnapshot(metadata(family), points)));
        histograms.forEach((family, points) -> snapshots.add(new HistogramSnapshot(metadata(family), points)));
        return new MetricSnapshots(snapshots);
    }

    /** The library adds a counter's suffix itself. */
    private static MetricMetadata metadata(MetricFamily family) {
        String name = switch (family.type()) {
            case COUNTER ->
                family.exposedName().substring(0, family.exposedName().length() - "_total".length());
            case GAUGE, HISTOGRAM, SUMMARY -> family.exposedName();
        };
        return new MetricMetadata(name, family.help());
    }
}
