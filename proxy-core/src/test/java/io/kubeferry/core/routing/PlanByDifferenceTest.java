package io.kubeferry.core.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.model.NodeIdentity;
import io.kubeferry.core.model.PersistentMap;
import io.kubeferry.core.model.ProxySnapshot;
import io.kubeferry.core.model.ServiceAddress;
import io.kubeferry.core.model.ServiceAddressKind;
import io.kubeferry.core.model.ServicePort;
import io.kubeferry.core.testing.RandomCluster;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Plans that came about change by change are those that would have been made from nothing. */
class PlanByDifferenceTest {
    private static final int STEPS = 2_000;

    private final long seed = System.nanoTime();
    private final RandomCluster cluster = new RandomCluster(new Random(seed));

    @Test
    void routingPlansDependOnTheLastStateAlone() {
        RoutingPlanner planner = new RoutingPlanner(EndpointOrigin.API_SERVER);
        for (int step = 0; step < STEPS; step++) {
            cluster.change();
            ProxySnapshot snapshot = cluster.snapshot();

            RoutingPlan plan = planner.plan(snapshot, cluster.host());

            RoutingPlan fromNothing = new RoutingPlanner(EndpointOrigin.API_SERVER).plan(snapshot, cluster.host());
            assertThat(differences(plan, fromNothing))
                    .as("seed %d, step %d, %s", seed, step, cluster.host())
                    .isEmpty();
            assertThat(plan.equals(fromNothing)).isTrue();
            assertThat(holders(plan))
                    .as("seed %d, step %d", seed, step)
                    .isEqualTo(dealtOutOneAfterTheOther(snapshot, cluster.host()));
        }
    }

    @Test
    void capturePlansDependOnTheLastStateAlone() {
        RoutingPlanner planner = new RoutingPlanner(EndpointOrigin.API_SERVER);
        RoutingPlan last = RoutingPlan.EMPTY;
        CapturePlan captured = CapturePlan.EMPTY;
        NodeIdentity node = cluster.snapshot().node();
        for (int step = 0; step < STEPS; step++) {
            cluster.change();
            ProxySnapshot snapshot = cluster.snapshot();
            RoutingPlan plan = planner.plan(snapshot, cluster.host());

            captured = snapshot.node().equals(node)
                    ? captured.after(last, plan, snapshot)
                    : CapturePlan.of(plan, snapshot);
            last = plan;
            node = snapshot.node();

            assertThat(captured).as("seed %d, step %d", seed, step).isEqualTo(CapturePlan.of(plan, snapshot));
            assertThat(captured.localEndpoints())
                    .as("seed %d, step %d", seed, step)
                    .isEqualTo(localEndpoints(plan, snapshot));
        }
    }

    private static List<String> differences(RoutingPlan some, RoutingPlan others) {
        List<String> differences = new ArrayList<>();
        PersistentMap.compare(some.servicePorts(), others.servicePorts(), (key, one, other) -> {
            if (!Objects.equals(one, other)) {
                differences.add("by difference " + one + "\nfrom nothing  " + other);
            }
        });
        return differences;
    }

    private static Map<ListenAddress, String> holders(RoutingPlan plan) {
        Map<ListenAddress, String> holders = new HashMap<>();
        plan.routes()
                .forEach(
                        (place, route) -> holders.put(place, route.servicePort().key() + " " + route.address()));
        return holders;
    }

    /** The rule itself: kind by kind and Service by Service, the older ones first, each takes what is left. */
    private static Map<ListenAddress, String> dealtOutOneAfterTheOther(ProxySnapshot snapshot, HostFacts host) {
        List<ServicePort> bySeniority = new ArrayList<>(snapshot.servicePorts().values());
        bySeniority.sort(AddressClaims.SENIORITY);
        Set<ListenAddress> taken = new HashSet<>();
        Map<ListenAddress, String> holders = new HashMap<>();
        boolean loopback = host.offeredAt() == OfferedAt.LOOPBACK;
        for (ServicePort servicePort : bySeniority) {
            int port = servicePort.addresses().port();
            InetAddress clusterIp = servicePort.addresses().clusterIp();
            if (taken.add(new ListenAddress(clusterIp, port))) {
                ListenAddress place = loopback
                        ? firstFree(new LoopbackPlaces(host, servicePort), clusterIp, port, taken)
                        : new ListenAddress(clusterIp, port);
                holders.put(place, text(servicePort, ServiceAddressKind.CLUSTER_IP, clusterIp, port));
            }
        }
        for (ServiceAddressKind kind : List.of(ServiceAddressKind.LOAD_BALANCER, ServiceAddressKind.EXTERNAL_IP)) {
            for (ServicePort servicePort : bySeniority) {
                List<InetAddress> ips = kind == ServiceAddressKind.LOAD_BALANCER
                        ? servicePort.addresses().loadBalancerIps()
                        : host.externalIps() ? servicePort.addresses().externalIps() : List.of();
                for (InetAddress ip : loopback ? List.<InetAddress>of() : ips) {
                    deal(servicePort, kind, ip, servicePort.addresses().port(), taken, holders);
                }
            }
        }
        for (ServicePort servicePort : bySeniority) {
            servicePort
                    .addresses()
                    .nodePort()
                    .ifPresent(nodePort -> host.nodePortAddresses().stream()
                            .filter(address -> address.getAddress().length * 8
                                    == servicePort.family().addressBits())
                            .forEach(address -> deal(
                                    servicePort, ServiceAddressKind.NODE_PORT, address, nodePort, taken, holders)));
        }
        return holders;
    }

    private static void deal(
            ServicePort servicePort,
            ServiceAddressKind kind,
            InetAddress ip,
            int port,
            Set<ListenAddress> taken,
            Map<ListenAddress, String> holders) {
        if (taken.add(new ListenAddress(ip, port))) {
            holders.put(new ListenAddress(ip, port), text(servicePort, kind, ip, port));
        }
    }

    private static ListenAddress firstFree(LoopbackPlaces places, InetAddress own, int port, Set<ListenAddress> taken) {
        for (int wish = 0; ; wish++) {
            Optional<ListenAddress> place = places.wish(wish);
            if (place.isPresent() && (taken.add(place.get()) || place.get().equals(new ListenAddress(own, port)))) {
                return place.get();
            }
        }
    }

    private static String text(ServicePort servicePort, ServiceAddressKind kind, InetAddress ip, int port) {
        return servicePort.key() + " " + new ServiceAddress(kind, ip, port);
    }

    private static Set<ListenAddress> localEndpoints(RoutingPlan plan, ProxySnapshot snapshot) {
        Set<ListenAddress> local = new HashSet<>();
        plan.servicePorts().values().stream()
                .map(ServicePortPlan::usable)
                .flatMap(usable -> Stream.concat(usable.cluster().stream(), usable.local().stream()))
                .flatMap(List::stream)
                .filter(endpoint -> endpoint.isOnNode(snapshot.node().name()))
                .forEach(endpoint -> local.add(new ListenAddress(endpoint.address(), endpoint.port())));
        return local;
    }
}
