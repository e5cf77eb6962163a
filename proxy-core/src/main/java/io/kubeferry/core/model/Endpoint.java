package io.kubeferry.core.model;

import java.net.InetAddress;
import java.util.Comparator;
import java.util.Optional;

/**
 * One pod address and port behind a service port, with what decides whether it is used.
 *
 * @param nodeName the node it runs on, if known
 * @param hints for which zones and nodes it is meant
 */
public record Endpoint(
        InetAddress address, int port, Optional<String> nodeName, EndpointConditions conditions, TopologyHints hints) {
    /** By address and port, IPv4 before IPv6: the order in which endpoints take turns. */
    public static final Comparator<Endpoint> ORDER =
            Comparator.comparing(Endpoint::address, IpAddresses.ORDER).thenComparingInt(Endpoint::port);

    /** Checks the port. */
    public Endpoint {
        Ports.require("endpoint port", port);
    }

    /** Whether both are the same address and port, whatever their conditions and hints. */
    public boolean sameTarget(Endpoint other) {
        return port == other.port && address.equals(other.address);
    }

    /** Whether it runs on the node called {@code node}; an endpoint without a node never does. */
    public boolean isOnNode(String node) {
        return nodeName.isPresent() && nodeName.get().equals(node);
    }

    /** {@code address:port}, the endpoint's identity. */
    @Override
    public String toString() {
        return IpAddresses.format(address, port);
    }
}
