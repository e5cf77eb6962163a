package io.kubeferry.it.semantics;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.testing.FreePorts;
import io.kubeferry.it.process.Manifests;
import io.kubeferry.it.process.RunningAgent;
import io.kubeferry.it.process.ServicePlace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One Service a row: who answers at its addresses, exactly and in turn, and that the plan had said so. */
class ServiceCasesIT {
    private static final String ZONE = "z1";
    private static final String LOOPBACK = "127.0.0.0/8,::1/128";
    private static final String NODE_PORT =
            "type: NodePort, clusterIP: $IP, ports: [{name: http, port: $PORT, nodePort: $NODEPORT}]";
    private static final String CLUSTER_IP = "clusterIP: $IP, ports: [{name: http, port: $PORT}]";
    private static final String DUAL_STACK =
            "clusterIP: $IP, clusterIPs: [$IP, 'fd00:47::$N'], ipFamilies: [IPv4, IPv6],"
                    + " ports: [{name: http, port: $PORT}]";
    private static final String READY_HERE = "a nodeName: here";
    private static final String READY_ELSEWHERE = "b nodeName: elsewhere";
    private static final String UNREADY = "conditions: {ready: false}";
    private static final String DRAINING = "conditions: {ready: false, serving: true, terminating: true}";

    /**
     * One row.
     *
     * @param endpoints as {@link Pods#slices} reads them
     * @param expected kind of address and who answers there, for each address
     */
    record Case(String sentence, String spec, List<String> endpoints, List<String> expected) {
        @Override
        public String toString() {
            return sentence;
        }
    }

    private static Case row(String sentence, String spec, List<String> endpoints, String... expected) {
        return new Case(sentence, spec, endpoints, List.of(expected));
    }

    private static final List<Case> CATEGORIES = List.of(
            row(
                    "every ready endpoint serves, each at the port that it has",
                    CLUSTER_IP,
                    List.of(READY_HERE, READY_ELSEWHERE, "c"),
                    "ClusterIP a b c"),
            row("an unready endpoint does not serve", CLUSTER_IP, List.of("a", "b " + UNREADY), "ClusterIP a"),
            row(
                    "a terminating endpoint does not serve while one is ready",
                    CLUSTER_IP,
                    List.of("a", "b " + DRAINING),
                    "ClusterIP a"),
            row(
                    "terminating endpoints stand in where none is ready",
                    CLUSTER_IP,
                    List.of("a " + DRAINING, "b " + UNREADY, "c " + DRAINING),
                    "ClusterIP a c"),
            row("where none can serve, connections are refused", CLUSTER_IP, List.of("a " + UNREADY), "ClusterIP"),
            row(
                    "without endpoints, connections are refused, whatever the policies",
                    NODE_PORT + ", internalTrafficPolicy: Local, externalTrafficPolicy: Local",
                    List.of(),
                    "ClusterIP",
                    "NodePort"),
            row(
                    "an endpoint in two slices gets one turn",
                    CLUSTER_IP,
                    List.of("a", "b", "a nodeName: here"),
                    "ClusterIP a b"),
            row(
                    "hints keep to the zone",
                    CLUSTER_IP,
                    List.of("a hints: {forZones: [{name: z1}]}", "b hints: {forZones: [{name: z2}]}"),
                    "ClusterIP a"),
            row(
                    "hints keep to the node before the zone",
                    CLUSTER_IP,
                    List.of(
                            "a hints: {forZones: [{name: z1}], forNodes: [{name: elsewhere}]}",
                            "b hints: {forZones: [{name: z2}], forNodes: [{name: here}]}"),
                    "ClusterIP b"),
            row(
                    "one endpoint without hints takes them out of force",
                    CLUSTER_IP,
                    List.of("a hints: {forZones: [{name: z2}]}", "b"),
                    "ClusterIP a b"),
            row(
                    "hints and conditions that are null are none",
                    CLUSTER_IP,
                    List.of("a hints: null, conditions: null", "b hints: {forZones: null}, conditions: {ready: null}"),
                    "ClusterIP a b"));

    /** The client is on this host, and on loopback a listener is there for everybody or nobody. */
    private static final List<Case> FLOWS = List.of(
            row(
                    "under Cluster policies everybody gets all endpoints",
                    NODE_PORT,
                    List.of(READY_HERE, READY_ELSEWHERE),
                    "ClusterIP a b",
                    "NodePort a b"),
            row(
                    "external Local: the node port keeps to this node",
                    NODE_PORT + ", externalTrafficPolicy: Local",
                    List.of(READY_HERE, READY_ELSEWHERE),
                    "ClusterIP a b",
                    "NodePort a"),
            row(
                    "internal Local: the cluster IP keeps to this node",
                    NODE_PORT + ", internalTrafficPolicy: Local",
                    List.of(READY_HERE, READY_ELSEWHERE),
                    "ClusterIP a",
                    "NodePort a b"),
            row(
                    "both Local: both keep to this node",
                    NODE_PORT + ", internalTrafficPolicy: Local, externalTrafficPolicy: Local",
                    List.of(READY_HERE, READY_ELSEWHERE),
                    "ClusterIP a",
                    "NodePort a"),
            row(
                    "external Local without an endpoint here: the node port is closed",
                    NODE_PORT + ", externalTrafficPolicy: Local",
                    List.of(READY_ELSEWHERE, "c"),
                    "ClusterIP b c",
                    "NodePort"),
            row(
                    "internal Local without an endpoint here: the cluster IP is closed",
                    NODE_PORT + ", internalTrafficPolicy: Local",
                    List.of(READY_ELSEWHERE),
                    "ClusterIP",
                    "NodePort b"),
            row(
                    "a terminating endpoint serves the Local list while another serves the Cluster list",
                    NODE_PORT + ", externalTrafficPolicy: Local",
                    List.of("a nodeName: here, " + DRAINING, READY_ELSEWHERE),
                    "ClusterIP b",
                    "NodePort a"),
            row(
                    "hints do not touch the Local list",
                    NODE_PORT + ", externalTrafficPolicy: Local",
                    List.of(
                            "a nodeName: here, hints: {forZones: [{name: z2}]}",
                            "b nodeName: elsewhere, hints: {forZones: [{name: z1}]}"),
                    "ClusterIP b",
                    "NodePort a"),
            row(
                    "policies that do not exist count as Cluster",
                    NODE_PORT + ", internalTrafficPolicy: Nearby, externalTrafficPolicy: Nearby",
                    List.of(READY_HERE, READY_ELSEWHERE),
                    "ClusterIP a b",
                    "NodePort a b"),
            row(
                    "a node port out of range costs only itself",
                    "type: NodePort, clusterIP: $IP, ports: [{name: http, port: $PORT, nodePort: 70000}]",
                    List.of("a"),
                    "ClusterIP a"),
            row(
                    "the same number over UDP and SCTP does not keep TCP from being served",
                    "type: NodePort, clusterIP: $IP, ports: [{name: u, port: $PORT, nodePort: $NODEPORT, protocol: UDP},"
                            + " {name: s, port: $PORT, protocol: SCTP},"
                            + " {name: http, port: $PORT, nodePort: $NODEPORT}]",
                    List.of("a"),
                    "ClusterIP a",
                    "NodePort a"),
            row(
                    "headless Services have no address",
                    "clusterIP: None, ports: [{name: http, port: $PORT}]",
                    List.of("a")),
            row(
                    "an ExternalName has no address, even with a cluster IP",
                    "type: ExternalName, externalName: example.org, " + CLUSTER_IP,
                    List.of("a")));

    private static final List<Case> SOURCE_RANGES = List.of(
            row(
                    "source ranges touch neither the cluster IP nor the node port",
                    loadBalancer("203.0.113.0/24"),
                    List.of("a"),
                    "ClusterIP a",
                    "NodePort a"),
            row(
                    "source ranges that are none cost nothing else",
                    loadBalancer("nonsense, '', null, 10.0.0.0/33"),
                    List.of("a"),
                    "ClusterIP a",
                    "NodePort a"));

    private static final List<Case> FAMILIES = List.of(
            row(
                    "dual stack: each family has its own endpoints",
                    DUAL_STACK,
                    List.of("a", "v6"),
                    "ClusterIP a",
                    "ClusterIP v6"),
            row(
                    "dual stack: the node port is offered in each family",
                    DUAL_STACK.replace("port: $PORT", "port: $PORT, nodePort: $NODEPORT") + ", type: NodePort",
                    List.of("a", "v6"),
                    "ClusterIP a",
                    "NodePort a",
                    "ClusterIP v6",
                    "NodePort v6"),
            row(
                    "dual stack: the family without endpoints is refused",
                    DUAL_STACK,
                    List.of("v6"),
                    "ClusterIP",
                    "ClusterIP v6"),
            row(
                    "an IPv6 Service has no IPv4 address",
                    "clusterIP: 'fd00:47::$N', ipFamilies: [IPv6], ports: [{name: http, port: $PORT}]",
                    List.of("a", "v6"),
                    "ClusterIP v6"),
            row(
                    "a cluster IP that is none costs its family alone",
                    DUAL_STACK.replace("fd00:47::$N", "fd00:47::x"),
                    List.of("a", "v6"),
                    "ClusterIP a"));

    private static String loadBalancer(String ranges) {
        return NODE_PORT.replace("NodePort", "LoadBalancer") + ", loadBalancerSourceRanges: [" + ranges + "]";
    }

    @TempDir
    private static Path folder;

    private static Pods pods;
    private static RunningAgent agent;
    private static Planned planned;

    @BeforeAll
    static void serveAllAtOnce() throws Exception {
        pods = new Pods("a", "b", "c", "v6");
        int port = FreePorts.next();
        List<Case> cases = cases().toList();
        List<String> documents = new ArrayList<>();
        for (int i = 0; i < cases.size(); i++) {
            documents.add("""
                    apiVersion: v1
                    kind: Service
                    metadata: {name: case-%d, namespace: it}
                    spec: {%s}
                    """.formatted(
                            i,
                            cases.get(i)
                                    .spec()
                                    .replace("$IP", "10.47.20." + (i + 1))
                                    .replace("$NODEPORT", Integer.toString(FreePorts.next()))
                                    .replace("$PORT", Integer.toString(port))
                                    .replace("$N", Integer.toString(i + 1))));
            documents.addAll(pods.slices("case-" + i, cases.get(i).endpoints()));
        }
        Files.writeString(folder.resolve("all.yaml"), Manifests.file(documents.toArray(String[]::new)));
        agent = RunningAgent.onManifests(folder, "--node-zone", ZONE, "--nodeport-addresses", LOOPBACK);
        planned = Planned.of(
                folder, "--hostname-override", Manifests.NODE, "--node-zone", ZONE, "--nodeport-addresses", LOOPBACK);
        ServicePlace.ofClusterIp("10.47.20.1", port).awaitServed();
        agent.awaitNoConnections();
    }

    @AfterAll
    static void stop() throws Exception {
        agent.close();
        pods.close();
    }

    private static Stream<Case> cases() {
        return Stream.of(CATEGORIES, FLOWS, SOURCE_RANGES, FAMILIES).flatMap(List::stream);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void thePlanSaysWhoAnswersAndTheyDo(Case given) throws Exception {
        List<Planned.Listener> listeners =
                planned.listeners("it/case-" + cases().toList().indexOf(given));

        assertThat(listeners.stream().map(ServiceCasesIT::line)).containsExactlyElementsOf(given.expected());
        for (Planned.Listener listener : listeners) {
            if (listener.endpoints().isEmpty()) {
                assertThat(listener.state()).isEqualTo("refuse");
                assertThat(listener.place().refuses()).as(line(listener)).isTrue();
            } else {
                assertThat(listener.state()).isEqualTo("serve");
                assertThat(listener.place().answers(2 * listener.endpoints().size()))
                        .as(line(listener))
                        .isEqualTo(twiceEach(listener.endpoints()));
            }
        }
    }

    @Test
    void portsThatAPolicyLeavesWithoutAnEndpointHereAreCounted() throws Exception {
        String gaps = "kubeproxy_sync_proxy_rules_no_local_endpoints_total";
        // One row of the flows each; those without any endpoint do not count.
        assertThat(agent.metric(gaps, "traffic_policy=\"internal\"", "ip_family=\"IPv4\""))
                .isEqualTo(1);
        assertThat(agent.metric(gaps, "traffic_policy=\"external\"", "ip_family=\"IPv4\""))
                .isEqualTo(1);
        assertThat(agent.metric(gaps, "ip_family=\"IPv6\"")).isZero();
    }

    private static String line(Planned.Listener listener) {
        return Stream.concat(
                        Stream.of(listener.kind()),
                        listener.endpoints().stream().map(pods::nameOf).sorted())
                .collect(Collectors.joining(" "));
    }

    private static Map<String, Integer> twiceEach(List<String> endpoints) {
        Map<String, Integer> answers = new TreeMap<>();
        endpoints.forEach(endpoint -> answers.put(pods.nameOf(endpoint), 2));
        return answers;
    }
}
