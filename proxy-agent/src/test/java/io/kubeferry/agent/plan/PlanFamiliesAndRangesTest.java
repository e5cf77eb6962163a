package io.kubeferry.agent.plan;

import static io.kubeferry.agent.plan.PlanCase.row;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Which addresses a Service has in each IP family, and who may use them, as node n1 plans it. */
class PlanFamiliesAndRangesTest {
    private static final String READY_ELSEWHERE = "- {addresses: [10.244.2.1], nodeName: n2}";
    private static final String DUAL_STACK = "clusterIP: 10.96.0.1, clusterIPs: [10.96.0.1, 'fd00:96::1'],"
            + " ipFamilies: [IPv4, IPv6], ports: [{port: 80}]";
    private static final String CLUSTER_IP = "clusterIP: 10.96.0.1, ports: [{port: 80}]";
    private static final String SERVES_FROM_NODE_2 = "ClusterIP 10.96.0.1:80 Cluster serve 10.244.2.1:8080";

    static final List<PlanCase> SOURCE_RANGES = List.of(
            sourceRanges("ranges hold for load-balancer addresses", "203.0.113.0/24", "203.0.113.0/24"),
            sourceRanges("blanks around a range do not matter", "' 203.0.113.0/24 '", "203.0.113.0/24"),
            sourceRanges("a blank range is none", "' '", ""),
            sourceRanges("ranges of the other family alone restrict nobody", "'fd00::/8'", ""),
            sourceRanges("ranges of the other family are left aside", "'fd00::/8', 203.0.113.9/32", "203.0.113.9/32"),
            sourceRanges("a range of everybody restricts nobody", "203.0.113.0/24, 0.0.0.0/0", ""),
            sourceRanges(
                    "a range that is none costs only itself", "nonsense, 203.0.113.0/33, 10.1.2.3/8", "10.0.0.0/8"));

    private static PlanCase sourceRanges(String sentence, String ranges, String inForce) {
        return row(
                        sentence,
                        "type: LoadBalancer, clusterIP: 10.96.0.1, externalIPs: [198.51.100.7],"
                                + " ports: [{port: 80, nodePort: 30080}], loadBalancerSourceRanges: [" + ranges + "]",
                        READY_ELSEWHERE,
                        SERVES_FROM_NODE_2,
                        "LoadBalancer 198.51.100.8:80 Cluster serve 10.244.2.1:8080"
                                + (inForce.isEmpty() ? "" : " from " + inForce),
                        "ExternalIP 198.51.100.7:80 Cluster serve 10.244.2.1:8080",
                        "NodePort 127.0.0.1:30080 Cluster serve 10.244.2.1:8080",
                        "NodePort 192.0.2.1:30080 Cluster serve 10.244.2.1:8080")
                .ingress("{ip: 198.51.100.8}");
    }

    static final List<PlanCase> FAMILIES = List.of(
            row(
                            "dual stack: each family has its own endpoints",
                            DUAL_STACK,
                            READY_ELSEWHERE,
                            SERVES_FROM_NODE_2,
                            "ClusterIP fd00:96::1:80 Cluster serve [fd00:244::1]:8080")
                    .ipv6("- {addresses: ['fd00:244::1']}"),
            row(
                            "dual stack: addresses and ranges go by their family",
                            DUAL_STACK + ", type: LoadBalancer, externalIPs: ['fd00:99::7'],"
                                    + " loadBalancerSourceRanges: ['fd00:1::/64']",
                            READY_ELSEWHERE,
                            SERVES_FROM_NODE_2,
                            "LoadBalancer 198.51.100.8:80 Cluster serve 10.244.2.1:8080",
                            "ClusterIP fd00:96::1:80 Cluster serve [fd00:244::1]:8080",
                            "LoadBalancer fd00:99::8:80 Cluster serve [fd00:244::1]:8080 from fd00:1::/64",
                            "ExternalIP fd00:99::7:80 Cluster serve [fd00:244::1]:8080")
                    .ipv6("- {addresses: ['fd00:244::1']}")
                    .ingress("{ip: 198.51.100.8}, {ip: 'fd00:99::8'}"),
            row(
                            "a Service of one family does not use slices of the other",
                            CLUSTER_IP + ", ipFamilies: [IPv4]",
                            "",
                            "ClusterIP 10.96.0.1:80 Cluster refuse")
                    .ipv6("- {addresses: ['fd00:244::1']}"),
            row(
                            "an IPv6 Service is served as such",
                            "clusterIP: 'fd00:96::1', ipFamilies: [IPv6], ports: [{port: 80}]",
                            READY_ELSEWHERE,
                            "ClusterIP fd00:96::1:80 Cluster serve [fd00:244::1]:8080")
                    .ipv6("- {addresses: ['fd00:244::1']}"),
            row(
                            "a cluster IP that is none costs its family alone",
                            "clusterIP: 10.96.0.1, clusterIPs: [10.96.0.1, 'fd00:96::x'], ipFamilies: [IPv4, IPv6],"
                                    + " ports: [{port: 80}]",
                            READY_ELSEWHERE,
                            SERVES_FROM_NODE_2)
                    .ipv6("- {addresses: ['fd00:244::1']}"),
            row(
                    "families in the wrong order leave no address",
                    "clusterIP: 10.96.0.1, clusterIPs: [10.96.0.1, 'fd00:96::1'], ipFamilies: [IPv6, IPv4],"
                            + " ports: [{port: 80}]",
                    READY_ELSEWHERE),
            row(
                            "an address in a slice of the other family costs only itself",
                            DUAL_STACK,
                            """
                    - {addresses: ['fd00:244::1']}
                    - {addresses: [10.244.2.1]}
                    """,
                            SERVES_FROM_NODE_2,
                            "ClusterIP fd00:96::1:80 Cluster refuse")
                    .ipv6("- {addresses: [10.244.2.1]}"));

    @TempDir
    private Path folder;

    @ParameterizedTest
    @FieldSource({"SOURCE_RANGES", "FAMILIES"})
    void thePlanIs(PlanCase given) throws Exception {
        assertThat(given.plan(folder)).containsExactlyElementsOf(given.lines());
    }
}
