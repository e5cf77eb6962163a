package io.kubeferry.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubeferry.agent.options.AgentOptions;
import io.kubeferry.agent.plan.PlanJson;
import io.kubeferry.agent.plan.PlanReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** What a flag, or the same field of a kube-proxy configuration, does to the plan of one cluster. */
class PlanFlagsTest {
    private static final String CLUSTER = """
            apiVersion: v1
            kind: Node
            metadata: {name: n1, labels: {topology.kubernetes.io/zone: a}}
            status: {addresses: [{type: InternalIP, address: 192.0.2.1}]}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: web, namespace: shop}
            spec: {type: NodePort, clusterIP: 10.96.0.1, externalIPs: [198.51.100.7], ports: [{port: 80, nodePort: 30080}]}
            ---
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {name: web-1, namespace: shop, labels: {kubernetes.io/service-name: web}}
            addressType: IPv4
            ports: [{port: 8080}]
            endpoints:
            - {addresses: [10.244.1.1], nodeName: n1, hints: {forZones: [{name: a}]}}
            - {addresses: [10.244.2.1], nodeName: n2, hints: {forZones: [{name: b}]}}
            ---
            apiVersion: v1
            kind: Service
            metadata:
              {name: other, namespace: shop, labels: {service.kubernetes.io/service-proxy-name: other}}
            spec: {clusterIP: 10.96.0.2, ports: [{port: 80}]}
            """;

    /** Flags beside the manifests, lines of a configuration file, and what is planned. */
    record Case(String sentence, String flags, String config, List<String> lines) {
        @Override
        public String toString() {
            return sentence;
        }
    }

    private static Case row(String sentence, String flags, String config, String... lines) {
        return new Case(sentence, flags, config, List.of(lines));
    }

    static final List<Case> CASES = List.of(
            row(
                    "nothing said: every address of the Services without a proxy name, endpoints of the Node's zone",
                    "",
                    "",
                    "ClusterIP 10.96.0.1:80 10.244.1.1:8080",
                    "ExternalIP 198.51.100.7:80 10.244.1.1:8080",
                    "NodePort 127.0.0.1:30080 10.244.1.1:8080",
                    "NodePort 192.0.2.1:30080 10.244.1.1:8080"),
            row(
                    "no node ports on loopback",
                    "--iptables-localhost-nodeports=false",
                    "iptables: {localhostNodePorts: false}",
                    "ClusterIP 10.96.0.1:80 10.244.1.1:8080",
                    "ExternalIP 198.51.100.7:80 10.244.1.1:8080",
                    "NodePort 192.0.2.1:30080 10.244.1.1:8080"),
            row(
                    "the address given for the node is its primary one, whatever its Node says",
                    "--bind-address 192.0.2.77 --nodeport-addresses primary",
                    "bindAddress: 192.0.2.77\nnodePortAddresses: [primary]",
                    "ClusterIP 10.96.0.1:80 10.244.1.1:8080",
                    "ExternalIP 198.51.100.7:80 10.244.1.1:8080",
                    "NodePort 192.0.2.77:30080 10.244.1.1:8080"),
            row(
                    "an address of the other family leaves the Node's own in place",
                    "--bind-address fd00::77 --nodeport-addresses primary",
                    "bindAddress: 'fd00::77'\nnodePortAddresses: [primary]",
                    "ClusterIP 10.96.0.1:80 10.244.1.1:8080",
                    "ExternalIP 198.51.100.7:80 10.244.1.1:8080",
                    "NodePort 192.0.2.1:30080 10.244.1.1:8080"),
            row(
                    "no address in the ranges for node ports",
                    "--nodeport-addresses 203.0.113.0/24",
                    "nodePortAddresses: [203.0.113.0/24]",
                    "ClusterIP 10.96.0.1:80 10.244.1.1:8080",
                    "ExternalIP 198.51.100.7:80 10.244.1.1:8080"),
            row(
                    "no external IPs",
                    "--feature-gates AllowServiceExternalIPs=false",
                    "featureGates: {AllowServiceExternalIPs: false}",
                    "ClusterIP 10.96.0.1:80 10.244.1.1:8080",
                    "NodePort 127.0.0.1:30080 10.244.1.1:8080",
                    "NodePort 192.0.2.1:30080 10.244.1.1:8080"),
            row(
                    "another node: no zone, so every endpoint",
                    "--hostname-override N2",
                    "",
                    "ClusterIP 10.96.0.1:80 10.244.1.1:8080 10.244.2.1:8080",
                    "ExternalIP 198.51.100.7:80 10.244.1.1:8080 10.244.2.1:8080",
                    "NodePort 127.0.0.1:30080 10.244.1.1:8080 10.244.2.1:8080"),
            row(
                    "the Node's zone beats the one given",
                    "--node-zone b",
                    "",
                    "ClusterIP 10.96.0.1:80 10.244.1.1:8080",
                    "ExternalIP 198.51.100.7:80 10.244.1.1:8080",
                    "NodePort 127.0.0.1:30080 10.244.1.1:8080",
                    "NodePort 192.0.2.1:30080 10.244.1.1:8080"),
            row(
                    "the zone given counts where there is no Node",
                    "--hostname-override n2 --node-zone b",
                    "",
                    "ClusterIP 10.96.0.1:80 10.244.2.1:8080",
                    "ExternalIP 198.51.100.7:80 10.244.2.1:8080",
                    "NodePort 127.0.0.1:30080 10.244.2.1:8080"),
            row(
                    "a proxy name: exactly the Services that carry it",
                    "--service-proxy-name other",
                    "",
                    "ClusterIP 10.96.0.2:80"));

    @TempDir
    private Path folder;

    @ParameterizedTest
    @FieldSource("CASES")
    void flagsDecide(Case given) throws Exception {
        assertThat(plan(List.of(given.flags().split(" ")))).containsExactlyElementsOf(given.lines());
    }

    @ParameterizedTest
    @FieldSource("CASES")
    void fieldsOfTheConfigurationDecideTheSame(Case given) throws Exception {
        Path config = Files.writeString(
                Files.createDirectory(folder.resolve("config")).resolve("config.conf"),
                "kind: KubeProxyConfiguration\napiVersion: kubeproxy.config.k8s.io/v1alpha1\n" + given.config());

        // What kube-proxy's file cannot say stays a flag.
        List<String> flags = given.config().isEmpty() ? List.of(given.flags().split(" ")) : List.of();
        assertThat(plan(Stream.concat(Stream.of("--config", config.toString()), flags.stream())
                        .toList()))
                .containsExactlyElementsOf(given.lines());
    }

    private List<String> plan(List<String> flags) throws Exception {
        Files.writeString(folder.resolve("cluster.yaml"), CLUSTER);
        List<String> words = new ArrayList<>(List.of("plan", "--manifests", folder.toString()));
        words.addAll(List.of("--addresses", "capture", "--hostname-override", "n1"));
        flags.stream().filter(flag -> !flag.isEmpty()).forEach(words::add);
        String[] normalized = Arguments.normalize(words).toArray(String[]::new);
        AgentOptions options = new InstructionsReader(Environment.ofProcess())
                .read(new GivenFlags(CommandLines.create().parseArgs(normalized).subcommand()))
                .options();
        List<String> lines = new ArrayList<>();
        new ObjectMapper()
                .readTree(PlanJson.of(new PlanReader(options).read()))
                .get("listeners")
                .forEach(listener -> lines.add(line(listener)));
        return lines;
    }

    private static String line(JsonNode listener) {
        Stream.Builder<String> words = Stream.builder();
        words.add(listener.get("kind").textValue());
        words.add(listener.get("address").textValue() + ":" + listener.get("port"));
        listener.get("endpoints").forEach(endpoint -> words.add(endpoint.textValue()));
        return String.join(" ", words.build().toList());
    }
}
