package io.kubeferry.agent.state;

import io.kubeferry.core.model.ConnectionRules;
import io.kubeferry.core.model.IpCidr;
import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.model.SessionAffinity;
import io.kubeferry.core.model.TrafficPolicy;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * What kubeferry keeps of a Service that is to be served: valid values only, both IP families still together. Immutable.
 *
 * @param created its creation time; {@link Instant#EPOCH} where it has none (manifests)
 * @param clusterIps its cluster IP per family, at least one
 * @param externalIps external IPs of both families
 * @param loadBalancerIps ingress addresses that nodes capture ({@code ipMode} VIP or none), of both families
 * @param sourceRanges {@code loadBalancerSourceRanges} of both families
 * @param externalPolicy LOCAL only where the Service can be reached from outside the cluster
 * @param connections what its annotations say
 * @param healthCheckNodePort present where type, policy and number ask for the health-check server
 * @param ports its TCP ports, at least one; no name twice
 */
public record ServiceRecord(
        ObjectName name,
        Instant created,
        Map<IpFamily, InetAddress> clusterIps,
        List<InetAddress> externalIps,
        List<InetAddress> loadBalancerIps,
        List<IpCidr> sourceRanges,
        TrafficPolicy internalPolicy,
        TrafficPolicy externalPolicy,
        SessionAffinity affinity,
        ConnectionRules connections,
        OptionalInt healthCheckNodePort,
        List<Port> ports) {
    /** Freezes the collections. */
    public ServiceRecord {
        clusterIps = Map.copyOf(clusterIps);
        externalIps = List.copyOf(externalIps);
        loadBalancerIps = List.copyOf(loadBalancerIps);
        sourceRanges = List.copyOf(sourceRanges);
        ports = List.copyOf(ports);
    }

    /**
     * One TCP port of the Service.
     *
     * @param name empty where the only port has none
     * @param nodePort absent where the Service has none
     */
    public record Port(String name, int number, OptionalInt nodePort) {}
}
