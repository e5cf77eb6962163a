package io.kubeferry.agent.plan;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubeferry.agent.options.AddressMode;
import io.kubeferry.agent.options.AddressOptions;
import io.kubeferry.agent.options.AgentOptions;
import io.kubeferry.agent.options.NodeOptions;
import io.kubeferry.agent.options.SourceOptions;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** What Services come to, from manifest to {@code plan -o json}, as node n1 in zone a sees them. */
class PlanCasesTest {
    /** A Service, the endpoints of its slice, and the lines that follow; a line is left out where nothing is said. */
    record Case(String sentence, String service, String endpoints, List<String> lines) {
        @Override
        public String toString() {
            return sentence;
        }
    }

    private static Case row(String sentence, String service, String endpoints, String... lines) {
        return new Case(sentence, service, endpoints, List.of(lines));
    }

    private static final String READY_EVERYWHERE = """
            - {addresses: [10.244.1.1], nodeName: n1}
            - {addresses: [10.244.2.1], nodeName: n2}
            """;
    private static final String READY_ELSEWHERE = "- {addresses: [10.244.2.1], nodeName: n2}";
    private static final String CLUSTER_IP = "clusterIP: 10.96.0.1, ports: [{port: 80}]";
    private static final String NODE_PORT =
            "type: NodePort, clusterIP: 10.96.0.1, ports: [{port: 80, nodePort: 30080}]";

    static final List<Case> CASES = List.of(
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

    @TempDir
    private Path folder;

    @ParameterizedTest
    @FieldSource("CASES")
    void thePlanIs(Case given) throws Exception {
        Files.writeString(folder.resolve("all.yaml"), manifest(given));

        JsonNode plan = new ObjectMapper().readTree(PlanJson.of(new PlanReader(options()).read()));

        List<String> lines = new ArrayList<>();
        plan.get("listeners").forEach(listener -> lines.add(line(listener)));
        assertThat(lines).containsExactlyElementsOf(given.lines);
    }

    private static String manifest(Case given) {
        return """
                apiVersion: v1
                kind: Node
                metadata: {name: n1, labels: {topology.kubernetes.io/zone: a}}
                status: {addresses: [{type: InternalIP, address: 192.0.2.1}]}
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: web, namespace: shop}
                spec: {%s}
                ---
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: web-1, namespace: shop, labels: {kubernetes.io/service-name: web}}
                addressType: IPv4
                ports: [{port: 8080}]
                endpoints: %s
                """.formatted(given.service, given.endpoints.isEmpty() ? "[]" : "\n" + given.endpoints);
    }

    private static String line(JsonNode listener) {
        Stream.Builder<String> words = Stream.builder();
        words.add(listener.get("kind").textValue());
        words.add(listener.get("address").textValue() + ":" + listener.get("port"));
        words.add(listener.get("policy").textValue());
        words.add(listener.get("state").textValue());
        listener.get("endpoints").forEach(endpoint -> words.add(endpoint.textValue()));
        if (listener.has("clusterEndpoints")) {
            words.add("inside");
            listener.get("clusterEndpoints").forEach(endpoint -> words.add(endpoint.textValue()));
        }
        return String.join(" ", words.build().toList());
    }

    private AgentOptions options() throws Exception {
        AgentOptions defaults = AgentOptions.defaultsFor(
                new SourceOptions.Manifests(folder),
                new NodeOptions("n1", Optional.empty(), InetAddress.getByAddress(new byte[4])));
        AddressOptions addresses = defaults.addresses();
        return defaults.withAddresses(addresses.withMode(AddressMode.CAPTURE));
    }
}
