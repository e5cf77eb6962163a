package io.kubeferry.agent.metrics;

import io.kubeferry.core.observe.CloseReason;
import io.kubeferry.core.observe.DataPlaneView;
import io.kubeferry.core.observe.DataPlaneView.EndpointReading;
import io.kubeferry.core.observe.DataPlaneView.ServicePortView;
import io.kubeferry.core.observe.DurationHistogram;
import io.kubeferry.core.observe.ServicePortStats;
import io.prometheus.metrics.model.snapshots.Labels;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * The data plane as a whole, and the series of each service port that has had a connection, read from the data plane at the scrape: ten thousand quiet
 * ports must not flood a Prometheus, and a Service's series go with it. Thread-safe.
 */
public final class ServicePortMetrics implements MeterSource {
    private static final List<CloseReason> FAILURES =
            Arrays.stream(CloseReason.values()).filter(CloseReason::isFailure).toList();

    private static final double NANOS_PER_SECOND = 1e9;
    private static final byte[] NOTHING = new byte[0];
    private static final byte[] BUCKET = SeriesText.bytes("_bucket");
    private static final byte[] COUNT = SeriesText.bytes("_count");
    private static final byte[] SUM = SeriesText.bytes("_sum");
    private static final byte[] OPEN = SeriesText.bytes("{");
    private static final byte[] COMMA = SeriesText.bytes(",");
    private static final byte[] CLOSE = SeriesText.bytes("} ");
    private static final byte[] TO_CLIENT = SeriesText.bytes("{direction=\"to_client\",");
    private static final byte[] TO_ENDPOINT = SeriesText.bytes("{direction=\"to_endpoint\",");
    private static final byte[] CLUSTER = SeriesText.bytes("{list=\"cluster\",");
    private static final byte[] LOCAL = SeriesText.bytes("{list=\"local\",");

    private final DataPlaneView dataPlane;

    /** The series of {@code dataPlane}. */
    public ServicePortMetrics(DataPlaneView dataPlane) {
        this.dataPlane = dataPlane;
    }

    @Override
    public void writeTo(Exposition exposition) {
        exposition.gauge(MetricFamily.LISTENER_BIND_FAILURES, Labels.EMPTY, dataPlane.bindFailures());
        exposition.counter(MetricFamily.ACCEPT_PAUSES, Labels.EMPTY, dataPlane.acceptPauses());
        exposition.histogram(MetricFamily.EVENT_LOOP_DELAY, Labels.EMPTY, dataPlane.eventLoopDelay());
    }

    /** In the order of names, as the library has it. */
    @Override
    public void writeTo(SeriesText text) throws IOException {
        List<Row> rows = dataPlane.servicePorts().stream()
                .filter(servicePort -> servicePort.stats().opened() > 0)
                .map(Row::of)
                .toList();
        text.begin(MetricFamily.AFFINITY_CLIENTS);
        for (Row row : rows) {
            if (row.servicePort().affinityClients().isPresent()) {
                row.sample(text).value(row.servicePort().affinityClients().get().getAsLong());
            }
        }
        text.begin(MetricFamily.BYTES);
        for (Row row : rows) {
            row.sampleWith(TO_CLIENT, text).value(row.stats().bytesToClient());
            row.sampleWith(TO_ENDPOINT, text).value(row.stats().bytesToEndpoint());
        }
        histogram(text, MetricFamily.CONNECT_DURATION, rows, ServicePortStats::connectTime);
        values(text, MetricFamily.CONNECT_RETRIES, rows, ServicePortStats::connectRetries);
        histogram(text, MetricFamily.CONNECTION_DURATION, rows, ServicePortStats::connectionTime);
        failures(text, rows);
        values(text, MetricFamily.CONNECTIONS_ACTIVE, rows, ServicePortStats::active);
        values(text, MetricFamily.CONNECTIONS, rows, ServicePortStats::opened);
        text.begin(MetricFamily.ENDPOINTS_SET_ASIDE);
        for (Row row : rows) {
            row.sample(text)
                    .value(row.servicePort().endpoints().get().stream()
                            .filter(EndpointReading::setAside)
                            .count());
        }
        text.begin(MetricFamily.ENDPOINTS_USABLE);
        for (Row row : rows) {
            if (row.servicePort().usableCluster().isPresent()) {
                row.sampleWith(CLUSTER, text)
                        .value(row.servicePort().usableCluster().getAsInt());
            }
            if (row.servicePort().usableLocal().isPresent()) {
                row.sampleWith(LOCAL, text)
                        .value(row.servicePort().usableLocal().getAsInt());
            }
        }
    }

    private static void values(
            SeriesText text, MetricFamily family, List<Row> rows, ToLongFunction<ServicePortStats> value)
            throws IOException {
        text.begin(family);
        for (Row row : rows) {
            row.sample(text).value(value.applyAsLong(row.stats()));
        }
    }

    private static void failures(SeriesText text, List<Row> rows) throws IOException {
        text.begin(MetricFamily.CONNECTION_FAILURES);
        for (Row row : rows) {
            for (CloseReason reason : FAILURES) {
                long ended = row.stats().ended(reason);
                if (ended > 0) {
                    text.sample(NOTHING)
                            .put(OPEN)
                            .put(row.namespaceAndPort())
                            .put(COMMA)
                            .put(SeriesText.label("reason", reason.label()))
                            .put(COMMA)
                            .put(row.service())
                            .put(CLOSE)
                            .value(ended);
                }
            }
        }
    }

    private static void histogram(
            SeriesText text,
            MetricFamily family,
            List<Row> rows,
            Function<ServicePortStats, DurationHistogram.Reading> read)
            throws IOException {
        text.begin(family);
        List<byte[]> bounds = List.of();
        for (Row row : rows) {
            DurationHistogram.Reading reading = read.apply(row.stats());
            // All service ports have the same.
            bounds = bounds.isEmpty() ? bounds(reading) : bounds;
            long count = 0;
            for (int bucket = 0; bucket < bounds.size(); bucket++) {
                count += reading.counts()[bucket];
                row.open(BUCKET, text).put(bounds.get(bucket)).whole(count);
            }
            row.open(COUNT, text).put(CLOSE).whole(count);
            row.open(SUM, text).put(CLOSE).value(reading.sumNanos() / NANOS_PER_SECOND);
        }
    }

    /** What ends the labels of each bucket. */
    private static List<byte[]> bounds(DurationHistogram.Reading reading) {
        return Stream.concat(
                        Arrays.stream(reading.upperBoundsNanos())
                                .mapToObj(nanos -> Double.toString(nanos / NANOS_PER_SECOND)),
                        Stream.of("+Inf"))
                .map(bound -> SeriesText.bytes(",le=\"" + bound + "\"} "))
                .toList();
    }

    /** A service port with its labels as they are written. Labels stand in the order of their names. */
    @SuppressWarnings("ArrayRecordComponent") // Nobody compares rows.
    private record Row(ServicePortView servicePort, byte[] namespaceAndPort, byte[] service) {
        static Row of(ServicePortView servicePort) {
            ServicePortStats stats = servicePort.stats();
            byte[] namespace = SeriesText.label("namespace", stats.name().namespace());
            byte[] port = SeriesText.label("port", stats.portLabel());
            byte[] both = Arrays.copyOf(namespace, namespace.length + 1 + port.length);
            both[namespace.length] = ',';
            System.arraycopy(port, 0, both, namespace.length + 1, port.length);
            return new Row(
                    servicePort, both, SeriesText.label("service", stats.name().service()));
        }

        ServicePortStats stats() {
            return servicePort.stats();
        }

        /** A sample with these labels only. */
        SeriesText sample(SeriesText text) throws IOException {
            return open(NOTHING, text).put(CLOSE);
        }

        /** A sample with another label before these. */
        SeriesText sampleWith(byte[] first, SeriesText text) throws IOException {
            return text.sample(NOTHING)
                    .put(first)
                    .put(namespaceAndPort)
                    .put(COMMA)
                    .put(service)
                    .put(CLOSE);
        }

        /** A sample to which labels may be added. */
        SeriesText open(byte[] suffix, SeriesText text) throws IOException {
            return text.sample(suffix)
                    .put(OPEN)
                    .put(namespaceAndPort)
                    .put(COMMA)
                    .put(service);
        }
    }
}
