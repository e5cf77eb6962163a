package io.kubeferry.agent.status;

import static io.kubeferry.core.testing.SampleEndpoint.endpoint;
import static io.kubeferry.core.testing.SampleServicePort.servicePort;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubeferry.core.model.Endpoint;
import io.kubeferry.core.model.NodeIdentity;
import io.kubeferry.core.model.PersistentMap;
import io.kubeferry.core.model.ProxySnapshot;
import io.kubeferry.core.model.ServiceAddress;
import io.kubeferry.core.model.ServiceAddressKind;
import io.kubeferry.core.model.ServicePort;
import io.kubeferry.core.model.ServicePortKey;
import io.kubeferry.core.model.TrafficPolicy;
import io.kubeferry.core.observe.CloseReason;
import io.kubeferry.core.observe.ConnectionSummary;
import io.kubeferry.core.observe.DataPlaneView.EndpointReading;
import io.kubeferry.core.observe.DataPlaneView.ServicePortView;
import io.kubeferry.core.observe.RecentConnection;
import io.kubeferry.core.observe.ServicePortStats;
import io.kubeferry.core.routing.EndpointOrigin;
import io.kubeferry.core.routing.HostFacts;
import io.kubeferry.core.routing.ListenAddress;
import io.kubeferry.core.routing.OfferedAt;
import io.kubeferry.core.routing.Route;
import io.kubeferry.core.routing.RoutingPlan;
import io.kubeferry.core.routing.RoutingPlanner;
import io.kubeferry.core.routing.ServicePortPlan;
import io.kubeferry.core.routing.UsableEndpoints;
import io.kubeferry.core.testing.Snapshots;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StatusDocumentTest {
    private static final Instant NOW = Instant.parse("2026-03-01T10:00:00.500Z");

    private final ServicePort web = servicePort("ns/web:http")
            .clusterIp("10.96.0.10", 80)
            .endpoints(
                    endpoint("10.244.1.1:8080").onNode("n1"),
                    endpoint("10.244.1.2:8080").unready(),
                    endpoint("10.244.1.3:8080").servingAndTerminating(),
                    endpoint("10.244.1.4:8080").terminating())
            .build();
    private final ServicePort api = servicePort("ns/api:http")
            .clusterIp("10.96.0.11", 81)
            .endpoints("10.244.2.1:8080")
            .build();
    private final ServicePortStats webStats = new ServicePortStats(web.name(), "http");
    private final List<EndpointReading> webEndpoints = new ArrayList<>();
    private final ServicePortStats apiStats = new ServicePortStats(api.name(), "http");

    @Test
    void endpointsHaveTheirStateAndTheirLiveConnections() throws Exception {
        webEndpoints.add(new EndpointReading(Snapshots.socketAddress("10.244.1.1:8080"), 2, false));
        webEndpoints.add(new EndpointReading(Snapshots.socketAddress("10.244.1.3:8080"), 0, true));
        webEndpoints.add(new EndpointReading(Snapshots.socketAddress("10.244.9.9:8080"), 1, false));
        assertThat(service("web", ServiceFilter.ALL).path("endpoints")).isEqualTo(json("""
                [{"address": "10.244.1.1:8080", "state": "ready", "usable": true, "setAside": false, "connections": 2, "node": "n1"},
                 {"address": "10.244.1.2:8080", "state": "not-ready", "usable": false, "setAside": false, "connections": 0},
                 {"address": "10.244.1.3:8080", "state": "terminating", "usable": false, "setAside": true, "connections": 0},
                 {"address": "10.244.1.4:8080", "state": "not-ready", "usable": false, "setAside": false, "connections": 0},
                 {"address": "10.244.9.9:8080", "state": "removed", "usable": false, "setAside": false, "connections": 1}]"""));
    }

    @Test
    void whoAsksForOneServiceGetsItAloneWithItsRecentConnections() throws Exception {
        webStats.remember(ended(CloseReason.COMPLETED, Duration.ofSeconds(3)));
        webStats.remember(ended(CloseReason.CONNECT_REFUSED, Duration.ofSeconds(2)));
        ServiceFilter filter = ServiceFilter.of(Map.of("namespace", List.of("ns"), "service", List.of("web")));
        JsonNode document = document(filter);
        assertThat(document.path("services")).hasSize(1);
        JsonNode asked = service("web", filter);
        assertThat(asked.path("recentConnections")).hasSize(2);
        assertThat(asked.path("recentFailures")).isEqualTo(json("""
                [{"time": "2026-03-01T09:59:58.500Z", "client": "10.244.3.3:40000", "listener": "10.96.0.10:80",
                  "endpoint": "10.244.1.1:8080", "attempts": 1, "connectSeconds": null, "durationSeconds": 0.000250,
                  "bytesToEndpoint": 1, "bytesToClient": 2, "reason": "connect_refused"}]"""));
        assertThat(service("web", ServiceFilter.ALL).has("recentConnections")).isFalse();
    }

    @Test
    void anotherNamespaceHasNoneOfIt() {
        ServiceFilter filter = ServiceFilter.of(Map.of("namespace", List.of("other"), "service", List.of("web")));
        assertThat(document(filter).path("services")).isEmpty();
    }

    @Test
    void whoTellsWhatIsWrongAndWhenStandsOnTop() throws Exception {
        JsonNode document = document(ServiceFilter.ALL);
        assertThat(document.path("time").textValue()).isEqualTo("2026-03-01T10:00:00.500Z");
        assertThat(document.path("node").textValue()).isEqualTo("n1");
        assertThat(document.path("problems"))
                .isEqualTo(json("[{\"kind\": \"source\", \"message\": \"API server cannot be used\"}]"));
        assertThat(document.path("services")).hasSize(2);
    }

    @Test
    void addressesThemselvesSayWhoGetsWhatWherePoliciesWantEndpointsOfThisNode() throws Exception {
        ServicePort elsewhere = servicePort("ns/local:http")
                .clusterIp("10.96.0.12", 80)
                .externalIps("203.0.113.12")
                .internalLocal()
                .externalLocal()
                .endpoints(endpoint("10.244.2.1:8080").onNode("n2"))
                .build();
        RoutingPlan plan = new RoutingPlanner(EndpointOrigin.API_SERVER)
                .plan(
                        new ProxySnapshot(
                                1,
                                new NodeIdentity("n1", Optional.empty(), List.of()),
                                Map.of(elsewhere.key(), elsewhere)),
                        new HostFacts(OfferedAt.OWN_ADDRESSES, List.of(), 0, true));
        StatusReading reading = new StatusReading(
                new StatusReading.Agent("n1", "1.0", "API server"),
                new StatusReading.Moment(NOW, 0),
                List.of(view(new ServicePortStats(elsewhere.name(), "http"), List.of())),
                plan,
                OfferedAt.OWN_ADDRESSES,
                Set.of(),
                List.of());
        JsonNode addresses =
                json(StatusDocument.of(reading, ServiceFilter.ALL).toString()).at("/services/0/addresses");
        assertThat(addresses)
                .extracting(address -> address.path("kind").asText() + " "
                        + address.path("state").asText())
                .containsExactlyInAnyOrder("ClusterIP drop", "ExternalIP local-only");
    }

    private JsonNode service(String name, ServiceFilter filter) {
        for (JsonNode service : document(filter).path("services")) {
            if (service.path("service").asText().equals(name)) {
                return service;
            }
        }
        throw new AssertionError("no Service " + name);
    }

    /** Read from its text, so that numbers are of the kinds that a reader gets. */
    private JsonNode document(ServiceFilter filter) {
        try {
            return json(StatusDocument.of(reading(), filter).toString());
        } catch (Exception malformed) {
            throw new AssertionError(malformed);
        }
    }

    private StatusReading reading() {
        return new StatusReading(
                new StatusReading.Agent("n1", "1.0", "manifests"),
                new StatusReading.Moment(NOW, Duration.ofHours(1).toNanos()),
                List.of(view(apiStats, List.of()), view(webStats, webEndpoints)),
                plan(
                        route(web, "10.96.0.10:80", web.endpoints().subList(0, 1)),
                        route(api, "10.96.0.11:81", api.endpoints())),
                OfferedAt.LOOPBACK,
                Set.of(),
                List.of(new StatusProblem(StatusProblem.Kind.SOURCE, "API server cannot be used")));
    }

    private static ServicePortView view(ServicePortStats stats, List<EndpointReading> endpoints) {
        return new ServicePortView(stats, OptionalInt.of(1), OptionalInt.empty(), Optional.empty(), () -> endpoints);
    }

    private static RoutingPlan plan(Route... routes) {
        PersistentMap<ServicePortKey, ServicePortPlan> servicePorts = PersistentMap.empty();
        PersistentMap<ListenAddress, Route> byPlace = PersistentMap.empty();
        for (Route route : routes) {
            byPlace = byPlace.with(route.place(), route);
            servicePorts = servicePorts.with(
                    route.servicePort().key(),
                    new ServicePortPlan(
                            route.servicePort(),
                            new UsableEndpoints(Optional.of(route.endpoints()), Optional.empty(), true),
                            List.of(route),
                            List.of()));
        }
        return new RoutingPlan(servicePorts, byPlace);
    }

    private static Route route(ServicePort servicePort, String address, List<Endpoint> usable) {
        InetSocketAddress place = Snapshots.socketAddress(address);
        return new Route(
                new ListenAddress(place.getAddress(), place.getPort()),
                new ServiceAddress(ServiceAddressKind.CLUSTER_IP, place.getAddress(), place.getPort()),
                servicePort,
                TrafficPolicy.CLUSTER,
                usable);
    }

    private RecentConnection ended(CloseReason reason, Duration ago) {
        return new RecentConnection(
                Duration.ofHours(1).minus(ago).toNanos(),
                new ConnectionSummary(
                        web.name(),
                        "http",
                        Snapshots.socketAddress("10.244.3.3:40000"),
                        Snapshots.socketAddress("10.96.0.10:80"),
                        Optional.of(Snapshots.socketAddress("10.244.1.1:8080")),
                        1,
                        Optional.empty(),
                        Duration.ofNanos(250_000),
                        1,
                        2,
                        reason));
    }

    private static JsonNode json(String text) throws Exception {
        return new ObjectMapper().readTree(text);
    }
}
