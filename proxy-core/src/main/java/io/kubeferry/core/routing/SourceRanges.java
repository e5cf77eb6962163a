package io.kubeferry.core.routing;

import io.kubeferry.core.model.IpCidr;
import java.net.InetAddress;
import java.util.Collection;
import java.util.List;

/**
 * {@code loadBalancerSourceRanges}: which clients may use the load-balancer addresses of a Service. They hold for these
 * addresses alone, for pods and the node as for everybody, and before anything else is decided; who is not allowed gets
 * no answer. From kube-proxy ({@code pkg/proxy/serviceport.go}, {@code pkg/proxy/nftables/proxier.go}).
 *
 * @param ranges of the Service's family; none of them means that everybody is allowed, also where the Service lists
 *     ranges of the other family
 * @param nodeAddresses the addresses by which the cluster knows this node
 * @param loadBalancerIps of the Service
 */
public record SourceRanges(
        List<IpCidr> ranges, Collection<InetAddress> nodeAddresses, Collection<InetAddress> loadBalancerIps) {
    /** Freezes the collections. */
    public SourceRanges {
        ranges = List.copyOf(ranges);
        nodeAddresses = List.copyOf(nodeAddresses);
        loadBalancerIps = List.copyOf(loadBalancerIps);
    }

    /** Whether anybody is kept out. */
    public boolean restrict() {
        return !ranges.isEmpty() && ranges.stream().noneMatch(IpCidr::matchesAll);
    }

    /** Whether {@code client}, of the Service's family, may connect. */
    public boolean allow(InetAddress client) {
        return !restrict() || isInRange(client) || isNodeItself(client);
    }

    /** The node connects to a load-balancer address of its own with that very address as source. */
    private boolean isNodeItself(InetAddress client) {
        return loadBalancerIps.contains(client) && nodeAddresses.stream().anyMatch(this::isInRange);
    }

    private boolean isInRange(InetAddress address) {
        return ranges.stream().anyMatch(range -> range.contains(address));
    }
}
