package io.kubeferry.core.model;

import java.net.InetAddress;
import java.util.List;
import java.util.OptionalInt;

/**
 * Where one service port is reached in one IP family. Only addresses of that family are here.
 *
 * @param port the service port's number, on every address but the node's
 * @param nodePort the port on the node's own addresses, if the Service has one
 * @param loadBalancerIps ingress addresses that nodes capture ({@code ipMode: VIP})
 */
public record ServiceAddresses(
        int port,
        InetAddress clusterIp,
        OptionalInt nodePort,
        List<InetAddress> externalIps,
        List<InetAddress> loadBalancerIps) {
    /** Checks the port numbers and freezes the lists. */
    public ServiceAddresses {
        Ports.require("port", port);
        nodePort.ifPresent(number -> Ports.require("node port", number));
        externalIps = List.copyOf(externalIps);
        loadBalancerIps = List.copyOf(loadBalancerIps);
    }

    /** Whether clients outside the cluster can reach this port, as kube-proxy counts it ({@code ExternallyAccessible}). */
    public boolean externallyAccessible() {
        return nodePort.isPresent() || !loadBalancerIps.isEmpty() || !externalIps.isEmpty();
    }
}
