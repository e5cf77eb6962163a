package io.kubeferry.agent.state;

import io.kubeferry.core.model.Endpoint;
import io.kubeferry.core.model.IpCidr;
import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.model.Protocol;
import io.kubeferry.core.model.ServiceAddresses;
import io.kubeferry.core.model.ServicePort;
import io.kubeferry.core.model.ServicePortKey;
import io.kubeferry.core.model.ServicePortName;
import io.kubeferry.core.model.TrafficRules;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Makes the snapshot's entries of one Service: one for each IP family it has and each of its ports. Stateless. */
final class ServicePortBuilder {
    private ServicePortBuilder() {}

    /** The entries of {@code service}, each with the endpoints that have its family, port name and protocol. */
    static List<ServicePort> build(ServiceRecord service, Map<EndpointMerger.SlicePort, List<Endpoint>> endpoints) {
        List<ServicePort> entries = new ArrayList<>();
        service.clusterIps().forEach((family, clusterIp) -> {
            List<InetAddress> externalIps = ofFamily(service.externalIps(), family);
            List<InetAddress> loadBalancerIps = ofFamily(service.loadBalancerIps(), family);
            TrafficRules rules = rules(service, family);
            for (ServiceRecord.Port port : service.ports()) {
                entries.add(new ServicePort(
                        key(service.name(), port.name(), family),
                        new ServiceAddresses(port.number(), clusterIp, port.nodePort(), externalIps, loadBalancerIps),
                        rules,
                        service.connections(),
                        service.created(),
                        endpoints.getOrDefault(
                                new EndpointMerger.SlicePort(family, port.name(), Protocol.TCP), List.of())));
            }
        });
        return entries;
    }

    private static ServicePortKey key(ObjectName service, String port, IpFamily family) {
        return new ServicePortKey(new ServicePortName(service.namespace(), service.name(), port, Protocol.TCP), family);
    }

    private static TrafficRules rules(ServiceRecord service, IpFamily family) {
        List<IpCidr> sourceRanges = service.sourceRanges().stream()
                .filter(range -> range.family() == family)
                .toList();
        return new TrafficRules(service.internalPolicy(), service.externalPolicy(), service.affinity(), sourceRanges);
    }

    private static List<InetAddress> ofFamily(List<InetAddress> addresses, IpFamily family) {
        return addresses.stream()
                .filter(address -> IpFamily.of(address) == family)
                .toList();
    }
}
