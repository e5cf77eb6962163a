package io.kubeferry.agent.metrics;

import io.kubeferry.agent.health.ProbeObserver;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts the answers to health probes by their status. Thread-safe. */
public final class ProbeMetrics implements ProbeObserver, MeterSource {
    private final Map<Integer, LongAdder> healthz = counters();
    private final Map<Integer, LongAdder> livez = counters();

    private static Map<Integer, LongAdder> counters() {
        return new TreeMap<>(Map.of(200, new LongAdder(), 503, new LongAdder()));
    }

    @Override
    public void healthzAnswered(int status) {
        count(healthz, status);
    }

    @Override
    public void livezAnswered(int status) {
        count(livez, status);
    }

    private static void count(Map<Integer, LongAdder> counters, int status) {
        LongAdder counter = counters.get(status);
        if (counter != null) {
            counter.increment();
        }
    }

    @Override
    public void writeTo(Exposition exposition) {
        write(exposition, MetricFamily.PROXY_HEALTHZ, healthz);
        write(exposition, MetricFamily.PROXY_LIVEZ, livez);
    }

    private static void write(Exposition exposition, MetricFamily family, Map<Integer, LongAdder> counters) {
        counters.forEach((status, counter) ->
                exposition.counter(family, Exposition.labels(family, Integer.toString(status)), counter.sum()));
    }
}
