package io.kubeferry.agent.plan;

import static io.kubeferry.agent.plan.PlanCase.row;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** What Services come to, from manifest to {@code plan -o json}, as node n1 in zone a sees them. */
class PlanCasesTest {
    private static final String READY_EVERYWHERE = """
            - {addresses: [10.244.1.1], nodeName: n1}
            - {addresses: [10.244.2.1], nodeName: n2}
            """;
    private static final String READY_ELSEWHERE = "- {addresses: [10.244.2.1], nodeName: n2}";
    private static final String CLUSTER_IP = "clusterIP: 10.96.0.1, ports: [{port: 80}]";
    private static final String NODE_PORT =
            "type: NodePort, clusterIP: 10.96.0.1, ports: [{port: 80, nodePort: 30080}]";

    private static final String LOAD_BALANCER =
            "type: LoadBalancer, allocateLoadBalancerNodePorts: false, clusterIP: 10.96.0.1, ports: [{port: 80}]";
    private static final String SERVES_FROM_NODE_2 = "ClusterIP 10.96.0.1:80 Cluster serve 10.244.2.1:8080";

    static final List<PlanCase> CASES = List.of(
            row(
                    "every ready endpoint serves",
                    CLUSTER_IP,
                    READY_EVERYWHERE,
                    "ClusterIP 10.96.0.1:80 Cluster serve 10.244.1.1:8080 10.244.2.1:8080"),
            row(
                    "a terminating endpoint that still serves stands in where none is ready",
                    CLUSTER_IP,
                    """
                    - {addresses: [10.244.1.1], nodeName: n1, conditions: {ready: false}}
                    - {addresses: [10.244.2.1], nodeName: n2, conditions: {ready: false, serving: true, terminating: true}}
                    """,
                    "ClusterIP 10.96.0.1:80 Cluster serve 10.244.2.1:8080"),
            row(
                    "hints keep traffic in the zone",
                    CLUSTER_IP,
                    """
                    - {addresses: [10.244.1.1], nodeName: n1, hints: {forZones: [{name: a}]}}
                    - {addresses: [10.244.2.1], nodeName: n2, hints: {forZones: [{name: b}]}}
                    """,
                    "ClusterIP 10.96.0.1:80 Cluster serve 10.244.1.1:8080"),
            row(
                    "one ready endpoint without a hint takes the hints out of force",
                    CLUSTER_IP,
                    """
                    - {addresses: [10.244.1.1], nodeName: n1, hints: {forZones: [{name: a}]}}
                    - {addresses: [10.244.2.1], nodeName: n2}
                    """,
                    "ClusterIP 10.96.0.1:80 Cluster serve 10.244.1.1:8080 10.244.2.1:8080"),
            row(
                    "a hint for the node comes before one for the zone",
                    CLUSTER_IP,
                    """
                    - {addresses: [10.244.1.1], nodeName: n1, hints: {forNodes: [{name: n1}], forZones: [{name: a}]}}
                    - {addresses: [10.244.2.1], nodeName: n2, hints: {forNodes: [{name: n2}], forZones: [{name: a}]}}
                    """,
                    "ClusterIP 10.96.0.1:80 Cluster serve 10.244.1.1:8080"),
            row(
                    "hints do not touch the Local list",
                    NODE_PORT + ", externalTrafficPolicy: Local",
                    """
                    - {addresses: [10.244.1.1], nodeName: n1, hints: {forZones: [{name: b}]}}
                    - {addresses: [10.244.2.1], nodeName: n2, hints: {forZones: [{name: a}]}}
                    """,
                    "ClusterIP 10.96.0.1:80 Cluster serve 10.244.2.1:8080",
                    "NodePort 127.0.0.1:30080 Local serve 10.244.1.1:8080 inside 10.244.2.1:8080",
                    "NodePort 192.0.2.1:30080 Local serve 10.244.1.1:8080 inside 10.244.2.1:8080"),
            row("no endpoint: refused", CLUSTER_IP, "", "ClusterIP 10.96.0.1:80 Cluster refuse"),
            row(
                    "internal Local without an endpoint here: no answer for anybody",
                    CLUSTER_IP + ", internalTrafficPolicy: Local",
                    READY_ELSEWHERE,
                    "ClusterIP 10.96.0.1:80 Local drop"),
            row(
                    "external Local without an endpoint here: the node and pods alone are served",
                    NODE_PORT + ", externalTrafficPolicy: Local",
                    READY_ELSEWHERE,
                    "ClusterIP 10.96.0.1:80 Cluster serve 10.244.2.1:8080",
                    "NodePort 127.0.0.1:30080 Local local-only inside 10.244.2.1:8080",
                    "NodePort 192.0.2.1:30080 Local local-only inside 10.244.2.1:8080"),
            row(
                    "external Local does not count for a ClusterIP Service without external addresses",
                    CLUSTER_IP + ", externalTrafficPolicy: Local",
                    READY_ELSEWHERE,
                    "ClusterIP 10.96.0.1:80 Cluster serve 10.244.2.1:8080"),
            row(
                    "an external IP is an address of the Service",
                    CLUSTER_IP + ", externalIPs: [198.51.100.7, 'fd00::7']",
                    READY_ELSEWHERE,
                    "ClusterIP 10.96.0.1:80 Cluster serve 10.244.2.1:8080",
                    "ExternalIP 198.51.100.7:80 Cluster serve 10.244.2.1:8080"),
            row(
                    "of a dual-stack Service without IPv6 endpoints the IPv6 side is refused",
                    "clusterIP: 10.96.0.1, clusterIPs: [10.96.0.1, 'fd00:96::1'], ipFamilies: [IPv4, IPv6],"
                            + " ipFamilyPolicy: PreferDualStack, ports: [{port: 80}]",
                    READY_ELSEWHERE,
                    "ClusterIP 10.96.0.1:80 Cluster serve 10.244.2.1:8080",
                    "ClusterIP fd00:96::1:80 Cluster refuse"),
            row("ExternalName has no address", "type: ExternalName, externalName: example.org", READY_ELSEWHERE),
            row("headless has no address", "clusterIP: None, ports: [{port: 80}]", READY_ELSEWHERE),
            row(
                    "a UDP port does not keep its TCP sibling from being served",
                    "clusterIP: 10.96.0.1, ports: [{name: u, port: 80, protocol: UDP}, {name: '', port: 80}]",
                    READY_ELSEWHERE,
                    "ClusterIP 10.96.0.1:80 Cluster serve 10.244.2.1:8080"),
            row(
                    "a port out of range does not keep its sibling from being served",
                    "clusterIP: 10.96.0.1, ports: [{name: bad, port: 70000}, {name: '', port: 80}]",
                    READY_ELSEWHERE,
                    "ClusterIP 10.96.0.1:80 Cluster serve 10.244.2.1:8080"),
            row(
                    "an endpoint that is no address does not keep the others from serving",
                    CLUSTER_IP,
                    """
                    - {addresses: [nonsense], nodeName: n1}
                    - {addresses: [10.244.2.1], nodeName: n2}
                    """,
                    "ClusterIP 10.96.0.1:80 Cluster serve 10.244.2.1:8080"),
            row(
                    "policies that do not exist count as Cluster",
                    NODE_PORT + ", externalTrafficPolicy: Nearby, internalTrafficPolicy: Nearby",
                    READY_ELSEWHERE,
                    "ClusterIP 10.96.0.1:80 Cluster serve 10.244.2.1:8080",
                    "NodePort 127.0.0.1:30080 Cluster serve 10.244.2.1:8080",
                    "NodePort 192.0.2.1:30080 Cluster serve 10.244.2.1:8080"));

    static final List<PlanCase> CATEGORIES = List.of(
            row(
                    "an endpoint that says nothing of its conditions is ready",
                    CLUSTER_IP,
                    "- {addresses: [10.244.2.1], conditions: {ready: null, serving: null, terminating: null}}",
                    SERVES_FROM_NODE_2),
            row(
                    "an endpoint that is not ready and not terminating never serves",
                    CLUSTER_IP,
                    "- {addresses: [10.244.2.1], conditions: {ready: false, serving: true, terminating: false}}",
                    "ClusterIP 10.96.0.1:80 Cluster refuse"),
            row(
                    "an endpoint that terminates and serves no more never serves",
                    CLUSTER_IP,
                    "- {addresses: [10.244.2.1], conditions: {ready: false, serving: false, terminating: true}}",
                    "ClusterIP 10.96.0.1:80 Cluster refuse"),
            row(
                    "an endpoint published as ready serves, whatever else is said of it",
                    CLUSTER_IP + ", publishNotReadyAddresses: true",
                    "- {addresses: [10.244.2.1], conditions: {ready: true, serving: false, terminating: true}}",
                    SERVES_FROM_NODE_2),
            row(
                    "while one is ready elsewhere, a terminating one serves the Local list alone",
                    NODE_PORT + ", externalTrafficPolicy: Local",
                    """
                    - {addresses: [10.244.1.1], nodeName: n1, conditions: {ready: false, serving: true, terminating: true}}
                    - {addresses: [10.244.2.1], nodeName: n2}
                    """,
                    SERVES_FROM_NODE_2,
                    "NodePort 127.0.0.1:30080 Local serve 10.244.1.1:8080 inside 10.244.2.1:8080",
                    "NodePort 192.0.2.1:30080 Local serve 10.244.1.1:8080 inside 10.244.2.1:8080"),
            row(
                    "hints that are empty are none",
                    CLUSTER_IP,
                    """
                    - {addresses: [10.244.1.1], hints: {forZones: [], forNodes: []}}
                    - {addresses: [10.244.2.1], hints: {forZones: [{name: ''}, null]}}
                    """,
                    "ClusterIP 10.96.0.1:80 Cluster serve 10.244.1.1:8080 10.244.2.1:8080"));

    static final List<PlanCase> FLOWS = List.of(
            row(
                    "internal Local: endpoints of this node for the cluster IP, all for the node port",
                    NODE_PORT + ", internalTrafficPolicy: Local",
                    READY_EVERYWHERE,
                    "ClusterIP 10.96.0.1:80 Local serve 10.244.1.1:8080",
                    "NodePort 127.0.0.1:30080 Cluster serve 10.244.1.1:8080 10.244.2.1:8080",
                    "NodePort 192.0.2.1:30080 Cluster serve 10.244.1.1:8080 10.244.2.1:8080"),
            row(
                    "both Local: endpoints of this node for everybody but the node and pods at the node port",
                    NODE_PORT + ", internalTrafficPolicy: Local, externalTrafficPolicy: Local",
                    READY_EVERYWHERE,
                    "ClusterIP 10.96.0.1:80 Local serve 10.244.1.1:8080",
                    "NodePort 127.0.0.1:30080 Local serve 10.244.1.1:8080 inside 10.244.1.1:8080 10.244.2.1:8080",
                    "NodePort 192.0.2.1:30080 Local serve 10.244.1.1:8080 inside 10.244.1.1:8080 10.244.2.1:8080"),
            row(
                    "an external IP alone lets external Local count",
                    CLUSTER_IP + ", externalIPs: [198.51.100.7], externalTrafficPolicy: Local",
                    READY_EVERYWHERE,
                    "ClusterIP 10.96.0.1:80 Cluster serve 10.244.1.1:8080 10.244.2.1:8080",
                    "ExternalIP 198.51.100.7:80 Local serve 10.244.1.1:8080 inside 10.244.1.1:8080 10.244.2.1:8080"),
            row(
                    "no endpoint anywhere: refused at every address, whatever the policies",
                    NODE_PORT + ", internalTrafficPolicy: Local, externalTrafficPolicy: Local",
                    "",
                    "ClusterIP 10.96.0.1:80 Local refuse",
                    "NodePort 127.0.0.1:30080 Local refuse inside",
                    "NodePort 192.0.2.1:30080 Local refuse inside"),
            row(
                            "load-balancer addresses are served where nodes capture them, without a node port too",
                            LOAD_BALANCER,
                            READY_ELSEWHERE,
                            SERVES_FROM_NODE_2,
                            "LoadBalancer 198.51.100.8:80 Cluster serve 10.244.2.1:8080",
                            "LoadBalancer 198.51.100.9:80 Cluster serve 10.244.2.1:8080")
                    .ingress("{ip: 198.51.100.8}, {ip: 198.51.100.9, ipMode: VIP}, {ip: 198.51.100.10, ipMode: Proxy},"
                            + " {hostname: lb.example}"),
            row(
                            "of load-balancer addresses only those that make sense are served",
                            LOAD_BALANCER,
                            READY_ELSEWHERE,
                            SERVES_FROM_NODE_2,
                            "LoadBalancer 198.51.100.8:80 Cluster serve 10.244.2.1:8080")
                    .ingress("null, {ip: nonsense}, {ip: ''}, {ip: 198.51.100.9, ipMode: vip}, {ip: 198.51.100.008}"),
            row(
                            "the status counts, not the type",
                            CLUSTER_IP,
                            READY_ELSEWHERE,
                            SERVES_FROM_NODE_2,
                            "LoadBalancer 198.51.100.8:80 Cluster serve 10.244.2.1:8080")
                    .ingress("{ip: 198.51.100.8}"));

    @TempDir
    private Path folder;

    @ParameterizedTest
    @FieldSource({"CASES", "CATEGORIES", "FLOWS"})
    void thePlanIs(PlanCase given) throws Exception {
        assertThat(given.plan(folder)).containsExactlyElementsOf(given.lines());
    }
}
