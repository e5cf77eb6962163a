package io.kubeferry.core.routing;

import static io.kubeferry.core.testing.SampleEndpoint.endpoint;
import static io.kubeferry.core.testing.SampleServicePort.servicePort;
import static io.kubeferry.core.testing.Snapshots.snapshot;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.model.NodeIdentity;
import io.kubeferry.core.model.ProxySnapshot;
import io.kubeferry.core.model.ServicePort;
import io.kubeferry.core.model.Skipped;
import io.kubeferry.core.testing.Snapshots;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RoutingPlannerTest {
    private static final NodeIdentity N1 = Snapshots.nodeInZone("n1", "a");
    private static final HostFacts HOST = host("127.0.0.1");

    private final RoutingPlanner planner = new RoutingPlanner(EndpointOrigin.API_SERVER);

    @Test
    void everyAddressOfAServicePortIsRoutedUnderItsPolicy() {
        ServicePort web = servicePort("shop/web")
                .clusterIp("10.96.0.10", 80)
                .nodePort(30080)
                .externalLocal()
                .endpoints(
                        endpoint("10.244.0.5:80").onNode("n1"),
                        endpoint("10.244.0.6:80").onNode("n2"))
                .build();

        RoutingPlan plan = planner.plan(snapshot(N1, web), HOST);

        assertThat(routes(plan))
                .containsExactly(
                        "127.96.0.10:80 ClusterIP 10.96.0.10:80 CLUSTER [10.244.0.5:80, 10.244.0.6:80]",
                        "127.0.0.1:30080 NodePort 127.0.0.1:30080 LOCAL [10.244.0.5:80]");
        assertThat(plan.servicePorts()).containsOnlyKeys(web.key());
        assertThat(plan.skipped()).isEmpty();
    }

    @Test
    void internalLocalPolicyRulesTheClusterIpAlone() {
        ServicePort web = servicePort("shop/web")
                .clusterIp("10.96.0.10", 80)
                .nodePort(30080)
                .internalLocal()
                .endpoints(
                        endpoint("10.244.0.5:80").onNode("n1"),
                        endpoint("10.244.0.6:80").onNode("n2"))
                .build();

        assertThat(routes(planner.plan(snapshot(N1, web), HOST)))
                .containsExactly(
                        "127.96.0.10:80 ClusterIP 10.96.0.10:80 LOCAL [10.244.0.5:80]",
                        "127.0.0.1:30080 NodePort 127.0.0.1:30080 CLUSTER [10.244.0.5:80, 10.244.0.6:80]");
    }

    @Test
    void addressWithoutUsableEndpointsIsInThePlanAndNotServed() {
        ServicePort web = servicePort("shop/web")
                .nodePort(30080)
                .externalLocal()
                .endpoints(endpoint("10.244.0.6:80").onNode("n2"))
                .build();

        RoutingPlan plan = planner.plan(snapshot(N1, web), HOST);

        assertThat(plan.routesInOrder()).extracting(Route::isServed).containsExactly(true, false);
    }

    @Test
    void endpointThatIsServedItselfIsLeftOutUntilItIsNotServedAnyMore() {
        ServicePort web = servicePort("shop/web")
                .clusterIp("10.96.0.10", 80)
                .endpoints("10.96.0.11:80", "10.244.0.5:80")
                .build();
        ServicePort other =
                servicePort("shop/other").clusterIp("10.96.0.11", 80).build();

        RoutingPlan loop = planner.plan(snapshot(N1, web, other), HOST);
        RoutingPlan noLoop = planner.plan(snapshot(N1, web), HOST);

        assertThat(routes(loop)).contains("127.96.0.10:80 ClusterIP 10.96.0.10:80 CLUSTER [10.244.0.5:80]");
        assertThat(loop.skipped())
                .extracting(Skipped::toString)
                .containsExactly("Service shop/web port 80: endpoint 10.96.0.11:80 is itself an address served here, "
                        + "connections do not go there");
        assertThat(routes(noLoop))
                .containsExactly("127.96.0.10:80 ClusterIP 10.96.0.10:80 CLUSTER [10.96.0.11:80, 10.244.0.5:80]");
        assertThat(noLoop.skipped()).isEmpty();
    }

    @Test
    void nodePortOfThisNodeIsNoEndpointWhereItIsOffered() {
        ServicePort web = servicePort("shop/web")
                .clusterIp("10.96.0.10", 80)
                .nodePort(30080)
                .endpoints("172.31.7.1:30080", "172.31.7.2:30080", "10.244.0.5:80")
                .build();
        HostFacts node = new HostFacts(OfferedAt.OWN_ADDRESSES, Snapshots.addresses("172.31.7.1"), 0, true);

        RoutingPlan plan = planner.plan(snapshot(N1, web), node);

        assertThat(plan.skipped())
                .extracting(Skipped::toString)
                .containsExactly(
                        "Service shop/web port 80: endpoint 172.31.7.1:30080 is itself an address served here, "
                                + "connections do not go there");
        assertThat(routes(plan))
                .as("another node's address could be anybody's")
                .contains("10.96.0.10:80 ClusterIP 10.96.0.10:80 CLUSTER [10.244.0.5:80, 172.31.7.2:30080]");
    }

    @Test
    void reasonsStayWhileTheirServicePortDoesNotChange() {
        ServicePort web = servicePort("shop/web").endpoints("127.0.0.1:80").build();
        planner.plan(snapshot(N1, web), HOST);

        RoutingPlan plan = planner.plan(snapshot(N1, web), HOST);

        assertThat(plan.skipped()).hasSize(1);
    }

    @Test
    void unchangedRouteIsTheSameObjectInTheNextPlan() {
        ServicePort web = servicePort("shop/web")
                .clusterIp("10.96.0.10", 80)
                .nodePort(30080)
                .endpoints("10.244.0.5:80")
                .build();
        ServicePort before = servicePort("shop/other")
                .clusterIp("10.96.0.11", 80)
                .endpoints("10.244.0.6:80")
                .build();
        ServicePort after = servicePort("shop/other")
                .clusterIp("10.96.0.11", 80)
                .endpoints("10.244.0.7:80")
                .build();
        ServicePort added =
                servicePort("shop/added").clusterIp("10.96.0.12", 80).build();

        RoutingPlan first = planner.plan(snapshot(N1, web, before), HOST);
        RoutingPlan changed = planner.plan(snapshot(N1, web, after), HOST);
        RoutingPlan grown = planner.plan(snapshot(N1, web, after, added), HOST);
        RoutingPlan shrunk = planner.plan(snapshot(N1, web), HOST);

        for (String place : List.of("127.96.0.10:80", "127.0.0.1:30080")) {
            assertThat(route(changed, place)).isSameAs(route(first, place));
            assertThat(route(grown, place)).isSameAs(route(first, place));
            assertThat(route(shrunk, place)).isSameAs(route(first, place));
        }
        assertThat(route(changed, "127.96.0.11:80")).isNotEqualTo(route(first, "127.96.0.11:80"));
        assertThat(route(grown, "127.96.0.11:80")).isSameAs(route(changed, "127.96.0.11:80"));
    }

    @Test
    void planDependsOnItsArgumentsAlone() {
        ServicePort web = servicePort("shop/web")
                .endpoints("10.244.0.5:80", "10.96.0.11:80")
                .build();
        ServicePort other = servicePort("shop/other")
                .clusterIp("10.96.0.11", 80)
                .nodePort(30080)
                .build();
        planner.plan(snapshot(Snapshots.node("n2"), other), host("192.168.1.5"));
        planner.plan(snapshot(N1, web), HOST);

        RoutingPlan plan = planner.plan(snapshot(N1, web, other), HOST);

        assertThat(plan).isEqualTo(new RoutingPlanner(EndpointOrigin.API_SERVER).plan(snapshot(N1, web, other), HOST));
    }

    @Test
    void changeOfZoneDecidesAnewAtOnce() {
        ServicePort web = servicePort("shop/web")
                .clusterIp("10.96.0.10", 80)
                .endpoints(
                        endpoint("10.244.0.5:80").forZones("a"),
                        endpoint("10.244.0.6:80").forZones("b"))
                .build();

        RoutingPlan inA = planner.plan(snapshot(N1, web), HOST);
        RoutingPlan inB = planner.plan(snapshot(Snapshots.nodeInZone("n1", "b"), web), HOST);

        assertThat(routes(inA)).containsExactly("127.96.0.10:80 ClusterIP 10.96.0.10:80 CLUSTER [10.244.0.5:80]");
        assertThat(routes(inB)).containsExactly("127.96.0.10:80 ClusterIP 10.96.0.10:80 CLUSTER [10.244.0.6:80]");
    }

    @Test
    void changeOfNodePortAddressesMovesNodePortsOnly() {
        ServicePort web = servicePort("shop/web")
                .clusterIp("10.96.0.10", 80)
                .nodePort(30080)
                .build();

        RoutingPlan before = planner.plan(snapshot(N1, web), HOST);
        RoutingPlan after = planner.plan(snapshot(N1, web), host("192.168.1.5"));

        assertThat(after.routes().keySet())
                .extracting(ListenAddress::toString)
                .containsExactlyInAnyOrder("127.96.0.10:80", "192.168.1.5:30080");
        assertThat(route(after, "127.96.0.10:80")).isSameAs(route(before, "127.96.0.10:80"));
    }

    @Test
    void reasonsComeServiceByServiceInTheOrderOfSeniority() {
        ServicePort a = servicePort("shop/a")
                .clusterIp("10.96.0.1", 80)
                .externalIps("192.0.2.1")
                .endpoints("127.0.0.1:80")
                .build();
        ServicePort b = servicePort("shop/b")
                .clusterIp("10.96.0.2", 80)
                .externalIps("192.0.2.1")
                .endpoints("127.0.0.1:80")
                .build();
        ServicePort c = servicePort("shop/c")
                .clusterIp("10.96.0.3", 80)
                .externalIps("192.0.2.1")
                .endpoints("127.0.0.1:80")
                .build();

        RoutingPlan plan = planner.plan(snapshot(N1, c, a, b), HOST);

        assertThat(plan.skipped())
                .extracting(Skipped::object)
                .containsExactly(
                        "Service shop/a",
                        "Service shop/a",
                        "Service shop/b",
                        "Service shop/b",
                        "Service shop/c",
                        "Service shop/c");
        assertThat(plan.skipped().getFirst().reason()).startsWith("ExternalIP");
    }

    @Test
    void olderServiceThatAppearsLaterTakesTheAddressAndGivesItBack() {
        ServicePort young = servicePort("shop/young")
                .younger(Duration.ofDays(1))
                .endpoints("10.244.0.5:80")
                .build();
        ServicePort old = servicePort("shop/zzz").endpoints("10.244.0.6:80").build();

        RoutingPlan alone = planner.plan(snapshot(N1, young), HOST);
        RoutingPlan contested = planner.plan(snapshot(N1, young, old), HOST);
        RoutingPlan aloneAgain = planner.plan(snapshot(N1, young), HOST);

        assertThat(routes(alone)).containsExactly("127.96.0.10:80 ClusterIP 10.96.0.10:80 CLUSTER [10.244.0.5:80]");
        assertThat(routes(contested)).containsExactly("127.96.0.10:80 ClusterIP 10.96.0.10:80 CLUSTER [10.244.0.6:80]");
        assertThat(contested.skipped())
                .extracting(Skipped::toString)
                .containsExactly(
                        "Service shop/young port 80: ClusterIP 10.96.0.10:80 already belongs to Service shop/zzz");
        assertThat(aloneAgain).isEqualTo(alone);
    }

    @Test
    void tenThousandServicePortsArePlannedAndReplanned() {
        List<ServicePort> servicePorts = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            servicePorts.add(servicePort("shop/web" + i)
                    .clusterIp("10.96." + i / 256 + "." + i % 256, 80)
                    .nodePort(20_000 + i)
                    .endpoints(fiveEndpoints(i))
                    .build());
        }
        ProxySnapshot all = snapshot(N1, servicePorts);
        ServicePort changed = servicePort("shop/web7")
                .clusterIp("10.96.0.7", 80)
                .nodePort(20_007)
                .endpoints("10.244.0.5:8080")
                .build();
        ServicePort added = servicePort("shop/added").clusterIp("10.97.0.1", 80).build();

        RoutingPlan first = planner.plan(all, HOST);
        LongSummaryStatistics endpointChange = new LongSummaryStatistics();
        LongSummaryStatistics servicePortMore = new LongSummaryStatistics();
        for (int pass = 0; pass < 20; pass++) {
            endpointChange.accept(planNanos(snapshotWith(all, changed)));
            planner.plan(all, HOST);
            servicePortMore.accept(planNanos(snapshotWith(all, added)));
            planner.plan(all, HOST);
        }
        System.out.printf(
                "one change among 10,000 service ports is planned in, at best: endpoints %.1f ms, a new one %.1f ms%n",
                endpointChange.getMin() / 1e6, servicePortMore.getMin() / 1e6);

        assertThat(first.routes().size()).isEqualTo(2 * servicePorts.size());
        assertThat(planner.plan(all, HOST).equals(first)).isTrue();
    }

    private long planNanos(ProxySnapshot snapshot) {
        long start = System.nanoTime();
        planner.plan(snapshot, HOST);
        return System.nanoTime() - start;
    }

    private static ProxySnapshot snapshotWith(ProxySnapshot snapshot, ServicePort servicePort) {
        return new ProxySnapshot(
                snapshot.generation() + 1,
                snapshot.node(),
                snapshot.servicePorts().with(servicePort.key(), servicePort));
    }

    private static String[] fiveEndpoints(int number) {
        return IntStream.range(1, 6)
                .mapToObj(i -> "10.244." + number / 256 + "." + number % 256 + ":" + (8_000 + i))
                .toArray(String[]::new);
    }

    private static HostFacts host(String... nodePortAddresses) {
        return new HostFacts(OfferedAt.LOOPBACK, Snapshots.addresses(nodePortAddresses), 0, true);
    }

    private static Route route(RoutingPlan plan, String place) {
        return plan.routes().values().stream()
                .filter(route -> route.place().toString().equals(place))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> routes(RoutingPlan plan) {
        return plan.routesInOrder().stream()
                .map(route -> route.place() + " " + route.address() + " " + route.policy() + " " + route.endpoints())
                .toList();
    }
}
