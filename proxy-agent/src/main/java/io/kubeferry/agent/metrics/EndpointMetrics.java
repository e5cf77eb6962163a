package io.kubeferry.agent.metrics;

import io.kubeferry.core.model.IpAddresses;
import io.kubeferry.core.observe.DataPlaneView;
import io.kubeferry.core.observe.ServicePortStats;
import io.prometheus.metrics.model.snapshots.Labels;

/**
 * The connections of each endpoint, for those who ask for so many series. An endpoint that has none has no series; one
 * that is gone keeps its until its last connection has ended. Thread-safe.
 */
public final class EndpointMetrics implements MeterSource {
    private final DataPlaneView dataPlane;

    /** The endpoints of {@code dataPlane}. */
    public EndpointMetrics(DataPlaneView dataPlane) {
        this.dataPlane = dataPlane;
    }

    @Override
    public void writeTo(Exposition exposition) {
        for (DataPlaneView.ServicePortView servicePort : dataPlane.servicePorts()) {
            ServicePortStats stats = servicePort.stats();
            servicePort.endpoints().get().stream()
                    .filter(endpoint -> endpoint.connections() > 0)
                    .forEach(endpoint -> {
                        Labels labels = Exposition.labels(
                                MetricFamily.ENDPOINT_CONNECTIONS_ACTIVE,
                                stats.name().namespace(),
                                stats.name().service(),
                                stats.portLabel(),
                                IpAddresses.format(
                                        endpoint.address().getAddress(),
                                        endpoint.address().getPort()));
                        exposition.gauge(MetricFamily.ENDPOINT_CONNECTIONS_ACTIVE, labels, endpoint.connections());
                    });
        }
    }
}
