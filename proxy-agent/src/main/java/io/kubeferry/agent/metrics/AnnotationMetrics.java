package io.kubeferry.agent.metrics;

import io.prometheus.metrics.model.snapshots.Labels;
import java.util.function.LongSupplier;

/** How many annotations of Services have no effect, read at the scrape. Thread-safe. */
public final class AnnotationMetrics implements MeterSource {
    private final LongSupplier ignored;

    /** Exposes what {@code ignored} tells. */
    public AnnotationMetrics(LongSupplier ignored) {
        this.ignored = ignored;
    }

    @Override
    public void writeTo(Exposition exposition) {
        exposition.gauge(MetricFamily.ANNOTATIONS_IGNORED, Labels.EMPTY, ignored.getAsLong());
    }
}
