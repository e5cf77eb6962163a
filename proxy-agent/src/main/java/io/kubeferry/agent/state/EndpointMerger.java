package io.kubeferry.agent.state;

import io.kubeferry.core.model.Endpoint;
import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.model.Protocol;
import java.net.InetAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Joins the slices of one Service to the endpoints of each of its ports ({@code endpointInfoByServicePort} and
 * {@code addEndpoints} of kube-proxy's {@code endpointslicecache.go}). Stateless.
 *
 * <p>An address and port that stands in several slices, while it moves from one to another or because a pod IP was used
 * again, is one endpoint. The one read last counts, unless it is terminating: that one never replaces another. kube-proxy
 * reads slices in no particular order; here it is the order they are given in.
 */
final class EndpointMerger {
    private EndpointMerger() {}

    /** The port of a slice: what it has in common with the Service's port. */
    record SlicePort(IpFamily family, String name, Protocol protocol) {}

    /** The endpoints of each port that {@code slices} have, in {@link Endpoint#ORDER}, each address and port once. */
    static Map<SlicePort, List<Endpoint>> merge(Collection<SliceRecord> slices) {
        Map<SlicePort, Map<Target, Endpoint>> merged = new HashMap<>();
        for (SliceRecord slice : slices) {
            for (SliceRecord.Port port : slice.ports()) {
                Map<Target, Endpoint> endpoints = merged.computeIfAbsent(
                        new SlicePort(slice.family(), port.name(), port.protocol()), absent -> new HashMap<>());
                for (SliceRecord.Member member : slice.members()) {
                    add(endpoints, member, port.number());
                }
            }
        }
        Map<SlicePort, List<Endpoint>> sorted = new HashMap<>();
        merged.forEach((port, endpoints) -> sorted.put(
                port, endpoints.values().stream().sorted(Endpoint.ORDER).toList()));
        return sorted;
    }

    private static void add(Map<Target, Endpoint> endpoints, SliceRecord.Member member, int port) {
        Target target = new Target(member.address(), port);
        if (member.conditions().terminating() && endpoints.containsKey(target)) {
            return;
        }
        endpoints.put(
                target, new Endpoint(member.address(), port, member.nodeName(), member.conditions(), member.hints()));
    }

    /** An endpoint's identity. */
    private record Target(InetAddress address, int port) {}
}
