package io.kubeferry.agent;

import io.kubeferry.agent.metrics.LocalEndpointGaps;
import io.kubeferry.core.DataPlane;
import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.model.ServicePort;
import io.kubeferry.core.model.TrafficPolicy;
import io.kubeferry.core.routing.ServicePortPlan;
import java.util.function.Predicate;

/**
 * Counts the service ports that a Local policy leaves without an endpoint here although there are some elsewhere
 * (kube-proxy: {@code sync_proxy_rules_no_local_endpoints_total}). Thread-safe.
 */
record PolicyGaps(DataPlane dataPlane) implements LocalEndpointGaps {
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
        return (int) dataPlane.plan().servicePorts().values().stream()
                .filter(decided -> decided.servicePort().family() == family)
                .filter(decided -> underLocalPolicy.test(decided.servicePort()))
                .map(ServicePortPlan::usable)
                .filter(usable ->
                        usable.anywhere() && usable.under(TrafficPolicy.LOCAL).isEmpty())
                .count();
    }
}
