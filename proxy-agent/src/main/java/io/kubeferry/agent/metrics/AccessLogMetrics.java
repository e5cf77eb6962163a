package io.kubeferry.agent.metrics;

import io.prometheus.metrics.model.snapshots.Labels;
import java.util.function.LongSupplier;

/** How the access log keeps up. Thread-safe. */
public final class AccessLogMetrics implements MeterSource {
    private final LongSupplier written;
    private final LongSupplier dropped;

    /** Lines that were {@code written} and {@code dropped} so far. */
    public AccessLogMetrics(LongSupplier written, LongSupplier dropped) {
        this.written = written;
        this.dropped = dropped;
    }

    @Override
    public void writeTo(Exposition exposition) {
        exposition.counter(MetricFamily.ACCESS_LOG_LINES, Labels.EMPTY, written.getAsLong());
        exposition.counter(MetricFamily.ACCESS_LOG_DROPPED, Labels.EMPTY, dropped.getAsLong());
    }
}
