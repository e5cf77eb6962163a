package io.kubeferry.agent.plan;

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

/**
 * What one Service comes to, from manifest to {@code plan -o json}, as node n1 in zone a sees it.
 *
 * @param service fields of its spec
 * @param endpoints of its IPv4 slice
 * @param ingress the entries of its {@code status.loadBalancer.ingress}
 * @param ipv6Endpoints of its IPv6 slice
 * @param lines that follow, one for each address; words are left out where nothing is said
 */
record PlanCase(
        String sentence, String service, String endpoints, String ingress, String ipv6Endpoints, List<String> lines) {
    static PlanCase row(String sentence, String service, String endpoints, String... lines) {
        return new PlanCase(sentence, service, endpoints, "", "", List.of(lines));
    }

    PlanCase ingress(String entries) {
        return new PlanCase(sentence, service, endpoints, entries, ipv6Endpoints, lines);
    }

    PlanCase ipv6(String more) {
        return new PlanCase(sentence, service, endpoints, ingress, more, lines);
    }

    @Override
    public String toString() {
        return sentence;
    }

    /** Writes the manifest into {@code folder} and plans for it; one line for each address. */
    List<String> plan(Path folder) throws Exception {
        Files.writeString(folder.resolve("all.yaml"), manifest());
        JsonNode plan = new ObjectMapper().readTree(PlanJson.of(new PlanReader(options(folder)).read()));
        List<String> planned = new ArrayList<>();
        plan.get("listeners").forEach(listener -> planned.add(line(listener)));
        return planned;
    }

    private String manifest() {
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
                status: {loadBalancer: {ingress: [%s]}}
                ---
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: web-1, namespace: shop, labels: {kubernetes.io/service-name: web}}
                addressType: IPv4
                ports: [{port: 8080}]
                endpoints: %s
                ---
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: web-2, namespace: shop, labels: {kubernetes.io/service-name: web}}
                addressType: IPv6
                ports: [{port: 8080}]
                endpoints: %s
                """.formatted(service, ingress, listed(endpoints), listed(ipv6Endpoints));
    }

    private static String listed(String endpoints) {
        return endpoints.isEmpty() ? "[]" : "\n" + endpoints;
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
        if (listener.has("sourceRanges")) {
            words.add("from");
            listener.get("sourceRanges").forEach(range -> words.add(range.textValue()));
        }
        return String.join(" ", words.build().toList());
    }

    private static AgentOptions options(Path folder) throws Exception {
        AgentOptions defaults = AgentOptions.defaultsFor(
                new SourceOptions.Manifests(folder),
                new NodeOptions("n1", Optional.empty(), InetAddress.getByAddress(new byte[4])));
        AddressOptions addresses = defaults.addresses();
        return defaults.withAddresses(addresses.withMode(AddressMode.CAPTURE));
    }
}
