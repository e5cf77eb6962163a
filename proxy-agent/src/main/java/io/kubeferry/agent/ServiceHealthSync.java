package io.kubeferry.agent;

import io.kubeferry.agent.health.ServiceHealth;
import io.kubeferry.agent.health.ServiceHealthServers;
import io.kubeferry.agent.state.ClusterState;
import io.kubeferry.agent.state.HealthCheckNodePort;
import io.kubeferry.agent.sync.SyncObserver;
import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.model.ProxySnapshot;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Brings the health-check node ports up to date after every sync that succeeded. Threading: sync thread only. */
record ServiceHealthSync(ClusterState state, ServiceHealthServers servers) implements SyncObserver {
    @Override
    public void succeeded(ProxySnapshot snapshot, Run run, Map<IpFamily, List<Duration>> programming) {
        servers.sync(state.healthCheckNodePorts().stream()
                .map(ServiceHealthSync::health)
                .toList());
    }

    private static ServiceHealth health(HealthCheckNodePort port) {
        return new ServiceHealth(port.service(), port.family(), port.port(), port.localReadyEndpoints());
    }
}
