package io.kubeferry.core.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.model.IpAddresses;
import io.kubeferry.core.model.ServiceAddressKind;
import io.kubeferry.core.model.TrafficPolicy;
import io.kubeferry.core.testing.SampleEndpoint;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourceAddressTest {
    private final AtomicInteger pathsAsked = new AtomicInteger();

    /** Node n1 with the address 172.31.7.1, pod 10.244.1.10, and pods .20, .21 and .22 behind a bridge. */
    private final NodeNetwork network = new NodeNetwork() {
        @Override
        public String nodeName() {
            return "n1";
        }

        @Override
        public ClientOrigin origin(InetAddress client) {
            return ClientOrigin.of(client, Set.of(address("172.31.7.1")), List.of());
        }

        @Override
        public boolean isPodOfThisNode(InetAddress client) {
            return IpAddresses.format(client).startsWith("10.244.1.");
        }

        @Override
        public AnswerPath answerPath(InetAddress client, InetAddress endpoint) {
            pathsAsked.incrementAndGet();
            if (!client.equals(address("10.244.1.20"))) {
                return AnswerPath.ROUTED;
            }
            return endpoint.equals(address("10.244.1.21")) ? AnswerPath.PAST_US : AnswerPath.LIFTED;
        }
    };

    @ParameterizedTest
    @CsvSource({
        "CLUSTER_IP,    CLUSTER, 10.244.1.10,   10.244.2.10, n2, CLIENT, a pod of this node to a pod of another",
        "CLUSTER_IP,    CLUSTER, 10.244.1.10,   10.244.1.11, n1, CLIENT, a pod of this node to its neighbour",
        "CLUSTER_IP,    LOCAL,   10.244.1.10,   10.244.1.11, n1, CLIENT, the same under the Local policy",
        "CLUSTER_IP,    CLUSTER, 10.244.1.10,   10.244.1.10, n1, NODE,   a pod to itself",
        "CLUSTER_IP,    CLUSTER, 172.31.7.1,    10.244.1.10, n1, NODE,   the node",
        "CLUSTER_IP,    CLUSTER, 127.0.0.1,     10.244.1.10, n1, NODE,   the node over loopback",
        "CLUSTER_IP,    CLUSTER, 169.254.7.7,   10.244.1.10, n1, NODE,   a link-local client",
        "CLUSTER_IP,    CLUSTER, 192.0.2.1,     10.244.2.10, n2, NODE,   an outsider to a pod of another node",
        "CLUSTER_IP,    CLUSTER, 192.0.2.1,     10.244.1.10, n1, CLIENT, an outsider to a pod of this node",
        "CLUSTER_IP,    CLUSTER, 10.244.1.20,   10.244.1.21, n1, NODE,   pods of one bridge that answer past us",
        "CLUSTER_IP,    CLUSTER, 10.244.1.20,   10.244.1.22, n1, CLIENT, pods of one bridge whose answers are lifted",
        "NODE_PORT,     CLUSTER, 192.0.2.1,     10.244.1.10, n1, NODE,   external under the Cluster policy",
        "LOAD_BALANCER, CLUSTER, 10.244.1.10,   10.244.1.11, n1, NODE,   the same for a pod",
        "NODE_PORT,     LOCAL,   192.0.2.1,     10.244.1.10, n1, CLIENT, external under the Local policy",
        "EXTERNAL_IP,   LOCAL,   192.0.2.1,     172.31.7.1,  n1, CLIENT, and to the node's own network",
        "LOAD_BALANCER, LOCAL,   10.244.1.10,   10.244.2.10, n2, CLIENT, a pod short-circuited to another node",
        "LOAD_BALANCER, LOCAL,   10.244.9.10,   10.244.2.10, n2, NODE,   a pod of another node",
        "LOAD_BALANCER, LOCAL,   172.31.7.1,    10.244.2.10, n2, NODE,   the node short-circuited"
    })
    void theEndpointSees(
            ServiceAddressKind kind,
            TrafficPolicy policy,
            String client,
            String endpoint,
            String node,
            SourceAddress expected,
            String of) {
        SourceAddress allowed = SourceAddress.allowed(kind, policy);
        assertThat(SourceAddress.of(
                                allowed,
                                address(client),
                                SampleEndpoint.endpoint(endpoint + ":80")
                                        .onNode(node)
                                        .build(),
                                network)
                        .source())
                .as(of)
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"10.244.1.10, ROUTED", "10.244.1.20, LIFTED"})
    void howTheAnswersComeBackIsAskedOnceAndTold(String client, AnswerPath expected) {
        SourceAddress.Decision decision = SourceAddress.of(
                SourceAddress.CLIENT,
                address(client),
                SampleEndpoint.endpoint("10.244.1.22:80").onNode("n1").build(),
                network);
        assertThat(decision).isEqualTo(new SourceAddress.Decision(SourceAddress.CLIENT, expected));
        assertThat(pathsAsked).hasValue(1);
    }

    private static InetAddress address(String text) {
        return IpAddresses.parse(text).orElseThrow();
    }
}
