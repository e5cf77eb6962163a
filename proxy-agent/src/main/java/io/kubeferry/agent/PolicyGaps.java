package io.kubeferry.agent;

import io.kubeferry.agent.metrics.LocalEndpointGaps;
import io.kubeferry.agent.sync.SyncObserver;
import io.kubeferry.core.DataPlane;
import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.model.ProxySnapshot;
import io.kubeferry.core.model.ServicePort;
import io.kubeferry.core.model.TrafficPolicy;
import io.kubeferry.core.routing.UsableEndpoints;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Counts the service ports that a Local policy leaves without an endpoint here although there are some elsewhere
 * (kube-proxy: {@code sync_proxy_rules_no_local_endpoints_total}). Thread-safe.
 */
final class PolicyGaps implements LocalEndpointGaps, SyncObserver {
    private final DataPlane dataPlane;
    private volatile List<ServicePort> servicePorts = List.of();

    PolicyGaps(DataPlane dataPlane) {
        this.dataPlane = dataPlane;
    }

    @Override
    public void succeeded(ProxySnapshot snapshot, Run run, Map<IpFamily, List<Duration>> programming) {
        servicePorts = List.copyOf(snapshot.servicePorts().values());
    }

    @Override
    public int internal(IpFamily family) {
        return count(family, servicePort -> servicePort.rules().internal() == TrafficPolicy.LOCAL);
    }

    @Override
    public int external(IpFamily family) {
        return count(
                family,
                servicePort -> servicePort.rules().external() == TrafficPolicy.LOCAL
                        && servicePort.addresses().externallyAccessible());
    }

    private int count(IpFamily family, Predicate<ServicePort> underLocalPolicy) {
        return (int) servicePorts.stream()
                .filter(servicePort -> servicePort.family() == family)
                .filter(underLocalPolicy)
                .filter(this::hasOnlyRemoteEndpoints)
                .count();
    }

    private boolean hasOnlyRemoteEndpoints(ServicePort servicePort) {
        UsableEndpoints usable = dataPlane.plan().usable().get(servicePort.key());
        return usable != null
                && usable.anywhere()
                && usable.under(TrafficPolicy.LOCAL).isEmpty();
    }
}
