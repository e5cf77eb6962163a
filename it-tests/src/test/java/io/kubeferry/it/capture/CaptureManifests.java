package io.kubeferry.it.capture;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Services and EndpointSlices of both families as a user writes them, all in namespace {@code it}. */
final class CaptureManifests {
    private CaptureManifests() {}

    /** A Service with the one port 80; {@code more} are lines of its {@code spec}. */
    static String service(String name, String ipv4, String ipv6, String... more) {
        return """
                apiVersion: v1
                kind: Service
                metadata: {name: %s, namespace: it}
                spec:
                  clusterIP: "%s"
                  clusterIPs: ["%s", "%s"]
                  ipFamilies: [IPv4, IPv6]
                  ipFamilyPolicy: RequireDualStack
                %s
                """.formatted(
                name, ipv4, ipv4, ipv6, Arrays.stream(more).map("  "::concat).collect(Collectors.joining("\n")));
    }

    /** The line for {@code ports}: port 80, and a node port if it is not 0. */
    static String port(int nodePort) {
        return "ports: [{name: http, protocol: TCP, port: 80" + (nodePort == 0 ? "" : ", nodePort: " + nodePort) + "}]";
    }

    /** Slices of {@code service}, one of each family, with {@code pods} that run on the node that their name says. */
    static String slices(String service, List<Machine> pods) {
        return Arrays.stream(Family.values())
                .map(family -> """
                        ---
                        apiVersion: discovery.k8s.io/v1
                        kind: EndpointSlice
                        metadata:
                          name: %s-%s
                          namespace: it
                          labels: {kubernetes.io/service-name: %s}
                        addressType: %s
                        ports:
                        - {name: http, protocol: TCP, port: %d}
                        endpoints: %s
                        """.formatted(
                                service,
                                family.name().toLowerCase(Locale.ROOT),
                                service,
                                family == Family.IPV4 ? "IPv4" : "IPv6",
                                ClusterNetwork.POD_PORT,
                                endpoints(pods, family)))
                .collect(Collectors.joining());
    }

    private static String endpoints(List<Machine> pods, Family family) {
        return pods.isEmpty()
                ? "[]"
                : "\n"
                        + pods.stream()
                                .map(pod -> "- {addresses: [\"" + pod.address(family) + "\"], nodeName: " + nodeOf(pod)
                                        + "}")
                                .collect(Collectors.joining("\n"));
    }

    /** {@code p1a} runs on {@code n1}; a node is itself. */
    private static String nodeOf(Machine pod) {
        return "n" + pod.name().charAt(1);
    }
}
