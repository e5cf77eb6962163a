package io.kubeferry.agent.status;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubeferry.core.model.Endpoint;
import io.kubeferry.core.model.IpAddresses;
import io.kubeferry.core.routing.Route;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;

/** All endpoints of a service port, with those that it has no more and that still have connections. Pure. */
final class EndpointsJson {
    private EndpointsJson() {}

    /** Adds those of {@code routes}, which are of one service port, and {@code live} connections of each. */
    static void write(ArrayNode json, Collection<Route> routes, Map<InetSocketAddress, Integer> live) {
        TreeSet<Endpoint> endpoints = new TreeSet<>(Endpoint.ORDER);
        TreeSet<Endpoint> usable = new TreeSet<>(Endpoint.ORDER);
        for (Route route : routes) {
            endpoints.addAll(route.servicePort().endpoints());
            usable.addAll(route.endpoints());
        }
        Map<InetSocketAddress, Integer> left = new HashMap<>(live);
        for (Endpoint endpoint : endpoints) {
            Integer connections = left.remove(new InetSocketAddress(endpoint.address(), endpoint.port()));
            ObjectNode entry = json.addObject();
            entry.put("address", endpoint.toString());
            entry.put("state", EndpointState.of(endpoint.conditions()).label());
            entry.put("usable", usable.contains(endpoint));
            entry.put("connections", connections == null ? 0 : connections);
            endpoint.nodeName().ifPresent(node -> entry.put("node", node));
        }
        left.forEach((address, connections) -> {
            ObjectNode entry = json.addObject();
            entry.put("address", IpAddresses.format(address.getAddress(), address.getPort()));
            entry.put("state", EndpointState.REMOVED.label());
            entry.put("usable", false);
            entry.put("connections", connections);
        });
    }
}
