package io.kubeferry.it.capture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;

/** The Services of these tests: one of each kind, in both families. Port 80 everywhere. */
enum SampleServices {
    /** Every kind of address, under the Cluster policy; pods on all nodes. */
    WEB(10, 30_080, "externalTrafficPolicy: Cluster"),
    /** The same under the external Local policy; only pod p1a. */
    LOCAL(11, 30_081, "externalTrafficPolicy: Local"),
    /** No endpoint. */
    EMPTY(12, 30_082, "externalTrafficPolicy: Cluster"),
    /** The internal Local policy; only pod p1a. */
    INSIDE(13, 30_083, "internalTrafficPolicy: Local"),
    /** Load-balancer addresses for the pods and nodes alone, not for the client. */
    RANGES(14, 30_084, "loadBalancerSourceRanges: [\" 10.244.0.0/16\", 172.31.7.1/32, \"fd44::/16\", \"fd77::1/128\"]"),
    /** Ranges of the other family than each has: nobody is kept out of IPv6. */
    OTHER_FAMILY(15, 30_085, "loadBalancerSourceRanges: [192.0.2.0/24]"),
    /** The external Local policy; the endpoint is node n1 itself. */
    ON_NODE(16, 30_086, "externalTrafficPolicy: Local");

    private final int number;
    private final int nodePort;
    private final String rule;

    SampleServices(int number, int nodePort, String rule) {
        this.number = number;
        this.nodePort = nodePort;
        this.rule = rule;
    }

    String clusterIp(Family family) {
        return (family == Family.IPV4 ? "10.96.0." : "fd96::") + number;
    }

    String externalIp(Family family) {
        return (family == Family.IPV4 ? "203.0.113." : "fdee::") + number;
    }

    /** The load-balancer address, with {@code ipMode: VIP}. */
    String virtualIp(Family family) {
        return (family == Family.IPV4 ? "198.51.100." : "fdbb::") + number;
    }

    int nodePort() {
        return nodePort;
    }

    /** A file of the Service alone. */
    void write(Path folder, List<Machine> pods) throws IOException {
        String name = name().toLowerCase(Locale.ROOT).replace('_', '-');
        String service = CaptureManifests.service(
                        name,
                        clusterIp(Family.IPV4),
                        clusterIp(Family.IPV6),
                        "type: LoadBalancer",
                        "externalIPs: [\"" + externalIp(Family.IPV4) + "\", \"" + externalIp(Family.IPV6) + "\"]",
                        rule,
                        CaptureManifests.port(nodePort))
                + "status: {loadBalancer: {ingress: [{ip: \"" + virtualIp(Family.IPV4) + "\"}, {ip: \""
                + virtualIp(Family.IPV6) + "\", ipMode: VIP}]}}\n";
        Path file = folder.resolve(name + ".yaml");
        Path draft = folder.resolve(name + ".draft");
        Files.writeString(draft, service + CaptureManifests.slices(name, pods));
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** All of them, and the ranges of their cluster IPs. */
    static void writeAll(Path folder, ClusterNetwork cluster) throws IOException {
        WEB.write(folder, List.of(cluster.p1a(), cluster.p2a(), cluster.p3a()));
        LOCAL.write(folder, List.of(cluster.p1a()));
        EMPTY.write(folder, List.of());
        INSIDE.write(folder, List.of(cluster.p1a()));
        RANGES.write(folder, List.of(cluster.p2a()));
        OTHER_FAMILY.write(folder, List.of(cluster.p2a()));
        ON_NODE.write(folder, List.of(cluster.n1()));
        Files.writeString(folder.resolve("service-cidr.yaml"), """
                apiVersion: networking.k8s.io/v1
                kind: ServiceCIDR
                metadata: {name: kubernetes}
                spec: {cidrs: [10.96.0.0/16, "fd96::/112"]}
                """);
    }
}
