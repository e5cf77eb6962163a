package io.kubeferry.agent.status;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubeferry.core.model.Endpoint;
import io.kubeferry.core.model.IpAddresses;
import io.kubeferry.core.observe.DataPlaneView.EndpointReading;
import io.kubeferry.core.routing.Route;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** All endpoints of a service port, with those that it has no more and that still have connections. Pure. */
final class EndpointsJson {
    private EndpointsJson() {}

    /** Adds those of {@code routes}, which are of one service port, with what {@code readings} tell of each. */
    static void write(ArrayNode json, Collection<Route> routes, List<EndpointReading> readings) {
        TreeSet<Endpoint> endpoints = new TreeSet<>(Endpoint.ORDER);
        TreeSet<Endpoint> usable = new TreeSet<>(Endpoint.ORDER);
        for (Route route : routes) {
            endpoints.addAll(route.servicePort().endpoints());
            usable.addAll(route.endpoints());
        }
        Map<InetSocketAddress, EndpointReading> left = new HashMap<>();
        readings.forEach(reading -> left.put(reading.address(), reading));
        for (Endpoint endpoint : endpoints) {
            EndpointReading reading = left.remove(new InetSocketAddress(endpoint.address(), endpoint.port()));
            ObjectNode entry = json.addObject();
            entry.put("address", endpoint.toString());
            entry.put("state", EndpointState.of(endpoint.conditions()).label());
            entry.put("usable", usable.contains(endpoint));
            entry.put("setAside", reading != null && reading.setAside());
            entry.put("connections", reading == null ? 0 : reading.connections());
            endpoint.nodeName().ifPresent(node -> entry.put("node", node));
        }
        left.values().stream().filter(reading -> reading.connections() > 0).forEach(reading -> {
            ObjectNode entry = json.addObject();
            entry.put(
                    "address",
                    IpAddresses.format(
                            reading.address().getAddress(), reading.address().getPort()));
            entry.put("state", EndpointState.REMOVED.label());
            entry.put("usable", false);
            entry.put("setAside", false);
            entry.put("connections", reading.connections());
        });
    }
}
