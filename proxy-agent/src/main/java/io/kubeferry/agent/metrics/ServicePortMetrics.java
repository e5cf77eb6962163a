package io.kubeferry.agent.metrics;

import io.kubeferry.core.observe.CloseReason;
import io.kubeferry.core.observe.DataPlaneView;
import io.kubeferry.core.observe.DataPlaneView.EndpointReading;
import io.kubeferry.core.observe.DataPlaneView.ServicePortView;
import io.kubeferry.core.observe.ServicePortStats;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/**
 * The data plane as a whole, and the series of each service port that has had a connection, read from the data plane at the scrape: ten thousand quiet
 * ports must not flood a Prometheus, and a Service's series go with it. Thread-safe.
 */
public final class ServicePortMetrics implements MeterSource {
    private static final List<CloseReason> FAILURES =
            Arrays.stream(CloseReason.values()).filter(CloseReason::isFailure).toList();

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
        for (ServicePortView servicePort : dataPlane.servicePorts()) {
            if (servicePort.stats().opened() > 0) {
                write(exposition, servicePort);
            }
        }
    }

    private static void write(Exposition exposition, ServicePortView servicePort) {
        ServicePortStats stats = servicePort.stats();
        Labels labels = Exposition.labels(
                MetricFamily.CONNECTIONS, stats.name().namespace(), stats.name().service(), stats.portLabel());
        exposition.counter(MetricFamily.CONNECTIONS, labels, stats.opened());
        exposition.gauge(MetricFamily.CONNECTIONS_ACTIVE, labels, stats.active());
        exposition.counter(MetricFamily.CONNECT_RETRIES, labels, stats.connectRetries());
        exposition.histogram(MetricFamily.CONNECT_DURATION, labels, stats.connectTime());
        exposition.histogram(MetricFamily.CONNECTION_DURATION, labels, stats.connectionTime());
        exposition.counter(MetricFamily.BYTES, labels.add("direction", "to_endpoint"), stats.bytesToEndpoint());
        exposition.counter(MetricFamily.BYTES, labels.add("direction", "to_client"), stats.bytesToClient());
        for (CloseReason reason : FAILURES) {
            long ended = stats.ended(reason);
            if (ended > 0) {
                exposition.counter(MetricFamily.CONNECTION_FAILURES, labels.add("reason", reason.label()), ended);
            }
        }
        usable(exposition, labels, "cluster", servicePort.usableCluster());
        usable(exposition, labels, "local", servicePort.usableLocal());
        exposition.gauge(
                MetricFamily.ENDPOINTS_SET_ASIDE,
                labels,
                servicePort.endpoints().get().stream()
                        .filter(EndpointReading::setAside)
                        .count());
        servicePort
                .affinityClients()
                .ifPresent(clients -> exposition.gauge(MetricFamily.AFFINITY_CLIENTS, labels, clients.getAsLong()));
    }

    private static void usable(Exposition exposition, Labels labels, String list, OptionalInt endpoints) {
        endpoints.ifPresent(count -> exposition.gauge(MetricFamily.ENDPOINTS_USABLE, labels.add("list", list), count));
    }
}
