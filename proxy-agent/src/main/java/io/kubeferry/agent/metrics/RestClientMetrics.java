package io.kubeferry.agent.metrics;

import io.kubeferry.core.observe.DurationHistogram;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts requests to the API server as client-go does. There are few verbs, codes and hosts. Thread-safe. */
public final class RestClientMetrics implements MeterSource {
    private record Outcome(String code, String verb, String host) {}

    private record Target(String verb, String host) {}

    private final Map<Outcome, LongAdder> requests = new ConcurrentHashMap<>();
    private final Map<Target, DurationHistogram> durations = new ConcurrentHashMap<>();

    /**
     * A request is over.
     *
     * @param verb the HTTP method
     * @param code the status, or {@code <error>} where there was none
     * @param host host and port of the API server
     * @param nanos until the answer's head, or the error
     */
    public void requested(String verb, String code, String host, long nanos) {
        requests.computeIfAbsent(new Outcome(code, verb, host), absent -> new LongAdder())
                .increment();
        durations
                .computeIfAbsent(new Target(verb, host), absent -> new DurationHistogram(Buckets.REST_CLIENT))
                .record(nanos);
    }

    @Override
    public void writeTo(Exposition exposition) {
        requests.forEach((outcome, count) -> exposition.counter(
                MetricFamily.REST_CLIENT_REQUESTS,
                Exposition.labels(MetricFamily.REST_CLIENT_REQUESTS, outcome.code(), outcome.verb(), outcome.host()),
                count.sum()));
        durations.forEach((target, times) -> exposition.histogram(
                MetricFamily.REST_CLIENT_DURATION,
                Exposition.labels(MetricFamily.REST_CLIENT_DURATION, target.verb(), target.host()),
                times.read()));
    }
}
