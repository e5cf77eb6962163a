package io.kubeferry.agent.metrics;

import io.prometheus.metrics.model.snapshots.Labels;
import java.util.function.LongSupplier;

/** How the host keeps what captures Service addresses. Thread-safe. */
public final class CaptureMetrics implements MeterSource {
    private final LongSupplier repairs;

    /** What was put back so far. */
    public CaptureMetrics(LongSupplier repairs) {
        this.repairs = repairs;
    }

    @Override
    public void writeTo(Exposition exposition) {
        exposition.counter(MetricFamily.CAPTURE_REPAIRS, Labels.EMPTY, repairs.getAsLong());
    }
}
