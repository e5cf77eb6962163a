package io.kubeferry.agent.bench;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.ServiceSpec;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.kubeferry.agent.host.CaptureSettings;
import io.kubeferry.agent.host.LinuxCapture;
import io.kubeferry.agent.state.ClusterEvent;
import io.kubeferry.agent.state.ClusterState;
import io.kubeferry.agent.state.ObjectName;
import io.kubeferry.agent.translate.EndpointSliceTranslator;
import io.kubeferry.agent.translate.ServiceTranslator;
import io.kubeferry.core.connection.ConnectionBudget;
import io.kubeferry.core.connection.ConnectionSettings;
import io.kubeferry.core.listener.DestinationTable;
import io.kubeferry.core.model.IpAddresses;
import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.model.ProxySnapshot;
import io.kubeferry.core.net.FirewallMark;
import io.kubeferry.core.observe.Ticker;
import io.kubeferry.core.routing.CapturePlan;
import io.kubeferry.core.routing.EndpointOrigin;
import io.kubeferry.core.routing.HostFacts;
import io.kubeferry.core.routing.OfferedAt;
import io.kubeferry.core.routing.RoutingPlan;
import io.kubeferry.core.routing.RoutingPlanner;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Measures what changes cost among many Services where their addresses are captured, from the changed object to the
 * changed sets of nftables, stage by stage; {@code it-tests/bench/changes} runs it in a network namespace of its own.
 */
public final class ChangeCost {
    private static final int SERVICES = 5_000;
    private static final int FIRST_NODE_PORT = 20_000;
    private static final int SHARE_OF_THIS_NODE = 50;
    private static final List<Integer> CHANGES = List.of(1, 10, 100, 1_000);
    private static final int WARM_UP_ROUNDS = 40;
    private static final Map<IpFamily, Integer> LISTENER_PORTS = Map.of(IpFamily.IPV4, 40_001);

    private final ClusterState state = new ClusterState("n1", Optional.empty(), Instant.now());
    private final RoutingPlanner planner = new RoutingPlanner(EndpointOrigin.API_SERVER);
    private final DestinationTable destinations = new DestinationTable(
            ConnectionSettings.of(Duration.ofSeconds(1), 3, Optional.empty()),
            new ConnectionBudget(10_000),
            new Random(1),
            Ticker.system(),
            Optional.empty());
    private final HostFacts host = new HostFacts(
            OfferedAt.OWN_ADDRESSES, List.of(IpAddresses.parse("192.0.2.1").orElseThrow()), 0, true);
    private final LinuxCapture capture =
            LinuxCapture.onThisHost(new CaptureSettings("bench", FirewallMark.DEFAULT, List.of(), () -> true));

    private RoutingPlan lastPlan = RoutingPlan.EMPTY;
    private CapturePlan rules = CapturePlan.EMPTY;

    /** Grows with every round, so that each one brings endpoints that were not there before. */
    private int version;

    private enum Stage {
        TRANSLATE,
        SNAPSHOT,
        PLAN,
        DESTINATIONS,
        CAPTURE_PLAN,
        NFT
    }

    /** What one round took: of this thread in each stage, of {@code nft}, and by the clock. */
    private record Round(Map<Stage, Long> cpuNanos, long nftNanos, long wallNanos) {}

    private ChangeCost() {}

    /** Prints a table; the argument is the number of rounds. */
    public static void main(String[] arguments) throws IOException {
        new ChangeCost().run(Integer.parseInt(arguments[0]));
    }

    private void run(int rounds) throws IOException {
        List<ClusterEvent> all = new ArrayList<>();
        for (int number = 0; number < SERVICES; number++) {
            all.add(ServiceTranslator.translate(service(number)));
            all.add(EndpointSliceTranslator.translate(slice(number, 0)));
        }
        Round first = measure(() -> all);
        for (int round = 0; round < WARM_UP_ROUNDS; round++) {
            changed(round, 10);
            addressesTwice(round, 10, new ArrayList<>());
        }
        System.out.printf("| changes | %s | process `nft` | by the clock |%n", String.join(" | ", names()));
        System.out.println("|---|" + "---|".repeat(Stage.values().length + 2));
        print("first sync of " + SERVICES + " Services", List.of(first));
        for (int changes : CHANGES) {
            List<Round> endpoints = new ArrayList<>();
            List<Round> services = new ArrayList<>();
            int times = changes < 1_000 ? rounds : Math.max(1, rounds / 4);
            for (int round = 0; round < times; round++) {
                endpoints.add(changed(round, changes));
                addressesTwice(round, changes, services);
            }
            print(changes + " EndpointSlices", endpoints);
            print(changes + " Services come or go", services);
        }
        capture.close();
    }

    private Round changed(int round, int changes) throws IOException {
        version++;
        return measure(() -> {
            List<ClusterEvent> events = new ArrayList<>();
            for (int i = 0; i < changes; i++) {
                int number = (round * 7 + i * (SERVICES / changes)) % SERVICES;
                events.add(EndpointSliceTranslator.translate(slice(number, version)));
            }
            return events;
        });
    }

    private void addressesTwice(int round, int changes, List<Round> results) throws IOException {
        int first = (round * 13) % (SERVICES - changes);
        results.add(measure(() -> {
            List<ClusterEvent> events = new ArrayList<>();
            for (int i = 0; i < changes; i++) {
                events.add(new ClusterEvent.ServiceRemoved(new ObjectName("bench", "service-" + (first + i))));
            }
            return events;
        }));
        results.add(measure(() -> {
            List<ClusterEvent> events = new ArrayList<>();
            for (int i = 0; i < changes; i++) {
                events.add(ServiceTranslator.translate(service(first + i)));
            }
            return events;
        }));
    }

    /** The same steps as of the agent. */
    private Round measure(Translation translation) throws IOException {
        Map<Stage, Long> cpu = new EnumMap<>(Stage.class);
        long nftBefore = cpuOfChildren();
        long begun = System.nanoTime();
        long cpuBegun = cpu();
        for (ClusterEvent event : translation.events()) {
            state.apply(event);
        }
        long translated = cpu();
        cpu.put(Stage.TRANSLATE, translated - cpuBegun);
        ProxySnapshot snapshot = state.snapshot();
        long taken = cpu();
        cpu.put(Stage.SNAPSHOT, taken - translated);
        RoutingPlan plan = planner.plan(snapshot, host);
        long planned = cpu();
        cpu.put(Stage.PLAN, planned - taken);
        destinations.update(plan);
        long offered = cpu();
        cpu.put(Stage.DESTINATIONS, offered - planned);
        rules = rules.after(lastPlan, plan, snapshot);
        lastPlan = plan;
        long ruled = cpu();
        cpu.put(Stage.CAPTURE_PLAN, ruled - offered);
        capture.apply(rules, LISTENER_PORTS);
        cpu.put(Stage.NFT, cpu() - ruled);
        long wall = System.nanoTime() - begun;
        return new Round(cpu, cpuOfChildren() - nftBefore, wall);
    }

    /** Makes the events of a round: what the API server would have sent. */
    private interface Translation {
        List<ClusterEvent> events();
    }

    private static List<String> names() {
        return Stream.of(Stage.values())
                .map(stage -> stage.name().toLowerCase(Locale.ROOT).replace('_', ' '))
                .toList();
    }

    private static void print(String what, List<Round> rounds) {
        StringBuilder line = new StringBuilder("| ").append(what);
        for (Stage stage : Stage.values()) {
            line.append(" | ").append(millis(median(rounds.stream().map(round -> round.cpuNanos.get(stage)))));
        }
        double nft = rounds.stream().mapToLong(Round::nftNanos).average().orElse(0);
        line.append(" | ").append(millis((long) nft));
        line.append(" | ")
                .append(millis(median(rounds.stream().map(Round::wallNanos))))
                .append(" |");
        System.out.println(line);
    }

    private static long median(Stream<Long> values) {
        List<Long> sorted = values.sorted().toList();
        return sorted.get(sorted.size() / 2);
    }

    private static String millis(long nanos) {
        return String.format("%.2f", nanos / (double) TimeUnit.MILLISECONDS.toNanos(1));
    }

    private static long cpu() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    /** Of processes that have ended, in steps of 10 ms: of use over many rounds. */
    private static long cpuOfChildren() throws IOException {
        String[] fields = Files.readString(Path.of("/proc/self/stat"))
                .replaceAll("^.*\\) ", "")
                .split(" ");
        return (Long.parseLong(fields[13]) + Long.parseLong(fields[14])) * TimeUnit.MILLISECONDS.toNanos(10);
    }

    private static Service service(int number) {
        ServicePort port = new ServicePort();
        port.setPort(80);
        port.setProtocol("TCP");
        port.setNodePort(FIRST_NODE_PORT + number);
        ServiceSpec spec = new ServiceSpec();
        spec.setType("NodePort");
        spec.setClusterIP("10.96." + number / 250 + "." + (number % 250 + 1));
        spec.setPorts(List.of(port));
        Service service = new Service();
        service.setMetadata(metadata("service-" + number));
        service.setSpec(spec);
        return service;
    }

    /** Three endpoints, of which a few are on this node; another {@code version} is another third one. */
    private static EndpointSlice slice(int number, int version) {
        EndpointPort port = new EndpointPort();
        port.setPort(8080);
        port.setProtocol("TCP");
        List<Endpoint> endpoints = new ArrayList<>();
        for (int member = 0; member < 3; member++) {
            int last = member < 2 ? member : 2 + version % 200;
            Endpoint endpoint = new Endpoint();
            endpoint.setAddresses(List.of("10." + (128 + number / 250) + "." + number % 250 + "." + last));
            endpoint.setNodeName((number + member) % SHARE_OF_THIS_NODE == 0 ? "n1" : "n2");
            endpoints.add(endpoint);
        }
        EndpointSlice slice = new EndpointSlice();
        ObjectMeta metadata = metadata("service-" + number + "-a");
        metadata.setLabels(Map.of("kubernetes.io/service-name", "service-" + number));
        slice.setMetadata(metadata);
        slice.setAddressType("IPv4");
        slice.setPorts(List.of(port));
        slice.setEndpoints(endpoints);
        return slice;
    }

    private static ObjectMeta metadata(String name) {
        ObjectMeta metadata = new ObjectMeta();
        metadata.setNamespace("bench");
        metadata.setName(name);
        metadata.setCreationTimestamp("2026-01-01T00:00:00Z");
        return metadata;
    }
}
