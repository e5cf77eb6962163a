package io.kubeferry.agent.status;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubeferry.core.model.IpAddresses;
import io.kubeferry.core.model.ServicePortName;
import io.kubeferry.core.observe.CloseReason;
import io.kubeferry.core.observe.DataPlaneView.ServicePortView;
import io.kubeferry.core.observe.ServicePortStats;
import io.kubeferry.core.routing.CapturePlan;
import io.kubeferry.core.routing.Route;
import io.kubeferry.core.routing.RoutingPlan;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;

/** The JSON of {@code GET /api/v1/services}; the README documents it. */
final class StatusDocument {
    private StatusDocument() {}

    /** What {@code filter} asks for. The connections that ended lately are told where one Service is asked for. */
    static ObjectNode of(StatusReading reading, ServiceFilter filter) {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        document.put(
                "time", reading.moment().time().truncatedTo(ChronoUnit.MILLIS).toString());
        document.put("node", reading.agent().node());
        document.put("version", reading.agent().version());
        document.put("source", reading.agent().source());
        document.put("bindFailures", reading.notListening().size());
        problems(document.putArray("problems"), reading.problems());
        ArrayNode services = document.putArray("services");
        for (ServicePortView servicePort : reading.servicePorts()) {
            ServicePortName name = servicePort.stats().name();
            if (filter.accepts(name)) {
                ObjectNode json = servicePort(servicePort, routes(reading.plan(), name), reading);
                if (filter.service().isPresent()) {
                    recent(json, servicePort.stats(), reading.moment());
                }
                services.add(json);
            }
        }
        return document;
    }

    private static List<Route> routes(RoutingPlan plan, ServicePortName name) {
        return plan.of(name).stream()
                .flatMap(decided -> decided.routes().stream())
                .toList();
    }

    private static void problems(ArrayNode json, List<StatusProblem> problems) {
        problems.forEach(
                problem -> json.addObject().put("kind", problem.kind().label()).put("message", problem.message()));
    }

    private static void recent(ObjectNode json, ServicePortStats stats, StatusReading.Moment moment) {
        RecentJson.write(
                json.putArray("recentConnections"), stats.recentConnections().latestFirst(), moment);
        RecentJson.write(json.putArray("recentFailures"), stats.recentFailures().latestFirst(), moment);
    }

    private static ObjectNode servicePort(ServicePortView view, Collection<Route> routes, StatusReading reading) {
        ServicePortStats stats = view.stats();
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("namespace", stats.name().namespace());
        json.put("service", stats.name().service());
        json.put("port", stats.portLabel());
        json.put("protocol", stats.name().protocol().name());
        ArrayNode addresses = json.putArray("addresses");
        routes.forEach(route -> addresses.add(address(route, reading)));
        EndpointsJson.write(json.putArray("endpoints"), routes, view.endpoints().get());
        counts(json, stats);
        ObjectNode usable = json.putObject("usableEndpoints");
        view.usableCluster().ifPresent(count -> usable.put("cluster", count));
        view.usableLocal().ifPresent(count -> usable.put("local", count));
        return json;
    }

    private static void counts(ObjectNode json, ServicePortStats stats) {
        ObjectNode connections = json.putObject("connections");
        connections.put("opened", stats.opened());
        connections.put("active", stats.active());
        connections.put("retried", stats.connectRetries());
        ObjectNode failures = connections.putObject("failures");
        for (CloseReason reason : CloseReason.values()) {
            long ended = stats.ended(reason);
            if (reason.isFailure() && ended > 0) {
                failures.put(reason.label(), ended);
            }
        }
        ObjectNode bytes = json.putObject("bytes");
        bytes.put("toEndpoint", stats.bytesToEndpoint());
        bytes.put("toClient", stats.bytesToClient());
    }

    private static ObjectNode address(Route route, StatusReading reading) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("kind", route.address().kind().displayName());
        json.put("address", IpAddresses.format(route.address().address()));
        json.put("port", route.address().port());
        json.put("bound", route.place().toString());
        json.put("policy", route.policy().displayName());
        json.put("state", state(route, reading));
        ArrayNode endpoints = json.putArray("endpoints");
        route.endpoints().forEach(endpoint -> endpoints.add(endpoint.toString()));
        return json;
    }

    private static String state(Route route, StatusReading reading) {
        boolean unbound = route.isServed() && reading.notListening().contains(route.place());
        return unbound
                ? "not-bound"
                : CapturePlan.treatment(route, reading.plan(), reading.offeredAt())
                        .label();
    }
}
