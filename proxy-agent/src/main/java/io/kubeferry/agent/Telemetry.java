package io.kubeferry.agent;

import io.kubeferry.agent.accesslog.AccessLog;
import io.kubeferry.agent.metrics.AccessLogMetrics;
import io.kubeferry.agent.metrics.AnnotationMetrics;
import io.kubeferry.agent.metrics.CaptureMetrics;
import io.kubeferry.agent.metrics.EndpointMetrics;
import io.kubeferry.agent.metrics.MeterSource;
import io.kubeferry.agent.metrics.MetricsExporter;
import io.kubeferry.agent.metrics.ProbeMetrics;
import io.kubeferry.agent.metrics.ProcessMetrics;
import io.kubeferry.agent.metrics.RestClientMetrics;
import io.kubeferry.agent.metrics.ServicePortMetrics;
import io.kubeferry.agent.metrics.StateMetrics;
import io.kubeferry.agent.metrics.SyncMetrics;
import io.kubeferry.agent.options.AgentOptions;
import io.kubeferry.agent.state.ClusterState;
import io.kubeferry.agent.sync.SyncHealth;
import io.kubeferry.agent.watch.apiserver.ApiRequestObserver;
import io.kubeferry.core.DataPlane;
import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.net.BufferMemory;
import io.kubeferry.core.observe.Ticker;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Everything that counts what the agent does, and the exporter that shows it. Immutable; its parts are thread-safe. */
record Telemetry(
        SyncHealth health,
        SyncMetrics syncs,
        ProbeMetrics probes,
        RestClientMetrics requests,
        StateMetrics state,
        Optional<AccessLog> accessLog,
        MetricsExporter exporter)
        implements AutoCloseable {
    /** Unhealthy is who has not applied a change for twice the sync period (kube-proxy: {@code ProxyHealthServer}). */
    private static final int UNHEALTHY_AFTER_PERIODS = 2;

    /** Counts for an agent of version {@code version} that serves {@code families} as {@code options} say. */
    static Telemetry of(
            DataPlane dataPlane,
            Optional<AccessLog> accessLog,
            Optional<CaptureParts> capture,
            AgentOptions options,
            ClusterState state,
            Set<IpFamily> families,
            String version) {
        SyncHealth health = new SyncHealth(
                options.sync().syncPeriod().multipliedBy(UNHEALTHY_AFTER_PERIODS),
                Ticker.system(),
                InstantSource.system());
        SyncMetrics syncs = new SyncMetrics(families, InstantSource.system(), new PolicyGaps(dataPlane));
        ProbeMetrics probes = new ProbeMetrics();
        RestClientMetrics requests = new RestClientMetrics();
        List<MeterSource> sources = new ArrayList<>(List.of(
                new ServicePortMetrics(dataPlane),
                syncs,
                probes,
                requests,
                new AnnotationMetrics(state::annotationsIgnored),
                new ProcessMetrics(version, BufferMemory::usedBytes)));
        switch (options.http().detail()) {
            case SERVICE_PORTS -> {}
            case ENDPOINTS -> sources.add(new EndpointMetrics(dataPlane));
        }
        StateMetrics stateWrites = new StateMetrics();
        if (options.handOver().stateDir().isPresent()) {
            sources.add(stateWrites);
        }
        accessLog.ifPresent(log -> sources.add(new AccessLogMetrics(log::written, log::dropped)));
        capture.ifPresent(parts -> sources.add(new CaptureMetrics(parts::repairs)));
        MetricsExporter exporter = new MetricsExporter(sources.toArray(MeterSource[]::new));
        return new Telemetry(health, syncs, probes, requests, stateWrites, accessLog, exporter);
    }

    /** Counts requests to the API server under client-go's names. */
    ApiRequestObserver apiRequests() {
        return (method, host, status, duration) -> requests.requested(
                method, status.isPresent() ? Integer.toString(status.getAsInt()) : "<error>", host, duration.toNanos());
    }

    @Override
    public void close() {
        exporter.close();
        accessLog.ifPresent(AccessLog::close);
    }
}
