package io.kubeferry.core.model;

import java.util.Map;
import java.util.Set;

/**
 * The complete state that the data plane should serve.
 *
 * <p>A new snapshot shares every entry that did not change with the one before, so a reader finds the changes by
 * {@link PersistentMap#compare}.
 *
 * @param generation grows with every snapshot
 * @param servicePorts every TCP port of every Service that could be served
 * @param serviceRanges where Services get their cluster IPs, if nobody but this process serves them; empty where that is
 *     not known or not so
 */
public record ProxySnapshot(
        long generation,
        NodeIdentity node,
        PersistentMap<ServicePortKey, ServicePort> servicePorts,
        Set<IpCidr> serviceRanges) {
    /** Freezes the set. */
    public ProxySnapshot {
        serviceRanges = Set.copyOf(serviceRanges);
    }

    /** Nothing is known of where Services get their cluster IPs. */
    public ProxySnapshot(long generation, NodeIdentity node, Map<ServicePortKey, ServicePort> servicePorts) {
        this(generation, node, PersistentMap.copyOf(servicePorts), Set.of());
    }
}
