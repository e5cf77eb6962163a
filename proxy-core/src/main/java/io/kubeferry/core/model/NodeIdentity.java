package io.kubeferry.core.model;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * The node this process serves.
 *
 * @param name as endpoints name it; empty means that no endpoint is local
 * @param zone the value of its label {@code topology.kubernetes.io/zone}, if it has one
 * @param addresses its addresses from the Node object, the primary one first; empty while they are unknown
 */
public record NodeIdentity(String name, Optional<String> zone, List<InetAddress> addresses) {
    /** Freezes the list; an empty zone is none. */
    public NodeIdentity {
        zone = zone.filter(value -> !value.isEmpty());
        addresses = List.copyOf(addresses);
    }
}
