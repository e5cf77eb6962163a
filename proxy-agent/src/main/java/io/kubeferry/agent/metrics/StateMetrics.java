package io.kubeferry.agent.metrics;

import io.prometheus.metrics.model.snapshots.Labels;
import java.util.concurrent.atomic.LongAdder;

/** How the disk takes the state that is kept for the next start. Thread-safe. */
public final class StateMetrics implements MeterSource {
    private final LongAdder failures = new LongAdder();

    /** A write failed. */
    public void writeFailed() {
        failures.increment();
    }

    @Override
    public void writeTo(Exposition exposition) {
        exposition.counter(MetricFamily.STATE_WRITE_FAILURES, Labels.EMPTY, failures.sum());
    }
}
