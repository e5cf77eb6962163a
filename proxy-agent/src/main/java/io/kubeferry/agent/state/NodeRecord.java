package io.kubeferry.agent.state;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * What kubeferry keeps of a Node object. Immutable.
 *
 * @param addresses internal addresses, then external ones, each group in the object's order
 * @param eligible whether load balancers should still send traffic here: it is not being deleted and carries no taint
 *     {@code ToBeDeletedByClusterAutoscaler} (KEP-3836)
 */
public record NodeRecord(String name, Optional<String> zone, List<InetAddress> addresses, boolean eligible) {
    /** Freezes the list; an empty zone is none. */
    public NodeRecord {
        zone = zone.filter(value -> !value.isEmpty());
        addresses = List.copyOf(addresses);
    }
}
