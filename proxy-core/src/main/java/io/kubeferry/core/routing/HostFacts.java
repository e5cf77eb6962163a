package io.kubeferry.core.routing;

import io.kubeferry.core.model.Ports;
import java.net.InetAddress;
import java.util.List;

/**
 * What a plan needs to know of this host, and of what is wanted there. Immutable.
 *
 * @param offeredAt where Service addresses are offered
 * @param nodePortAddresses the addresses on which node ports are offered
 * @param firstUnprivilegedPort this process cannot bind ports below; 0 if it can bind any
 * @param wholeLoopbackNetwork whether all of 127.0.0.0/8 can be bound, as on Linux; else only 127.0.0.1
 * @param externalIps whether external IPs are offered (kube-proxy's feature gate {@code AllowServiceExternalIPs}); if not,
 *     a Service that has some counts as reachable from outside all the same, as with kube-proxy
 */
public record HostFacts(
        OfferedAt offeredAt,
        List<InetAddress> nodePortAddresses,
        int firstUnprivilegedPort,
        boolean wholeLoopbackNetwork,
        boolean externalIps) {
    /** Checks the port and freezes the list. */
    public HostFacts {
        if (firstUnprivilegedPort < 0 || firstUnprivilegedPort > Ports.MAX) {
            throw new IllegalArgumentException(
                    "first unprivileged port: " + firstUnprivilegedPort + " (expected: 0.." + Ports.MAX + ")");
        }
        nodePortAddresses = List.copyOf(nodePortAddresses);
    }

    /** A host with external IPs, as is usual. */
    public HostFacts(
            OfferedAt offeredAt,
            List<InetAddress> nodePortAddresses,
            int firstUnprivilegedPort,
            boolean wholeLoopbackNetwork) {
        this(offeredAt, nodePortAddresses, firstUnprivilegedPort, wholeLoopbackNetwork, true);
    }
}
