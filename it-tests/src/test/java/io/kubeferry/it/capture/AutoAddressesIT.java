package io.kubeferry.it.capture;

import static io.kubeferry.it.capture.SampleServices.WEB;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What {@code --addresses auto}, which is the default, does with the right to capture. */
class AutoAddressesIT extends OnOneNetwork {
    private static final String LATER_FLAG_COUNTS = "--addresses=auto";

    @BeforeEach
    void start() throws Exception {
        WEB.write(manifests, List.of(cluster.p2a()));
    }

    @Test
    void addressesAreCapturedOnTheHostOfTheOwnNode() throws Exception {
        writeNode(cluster.n1());
        agent = NodeAgent.start(cluster.n1(), manifests, LATER_FLAG_COUNTS).awaitReady();

        assertThat(agent.command().output())
                .contains("addresses of Services are captured: this host is node n1 address=172.31.7.1");
        for (Family family : Family.values()) {
            assertThat(cluster.p1a().ask(WEB.clusterIp(family), 80)).startsWith("p2a ");
            assertThat(cluster.client().ask(cluster.n1().address(family), WEB.nodePort()))
                    .startsWith("p2a ");
        }
    }

    @Test
    void anotherHostsNodeLeavesThisOneAsItIs() throws Exception {
        writeNode(cluster.n2());
        agent = NodeAgent.start(cluster.n1(), manifests, LATER_FLAG_COUNTS, "--hostname-override=n2")
                .awaitReady();

        assertThat(agent.command().output())
                .contains(
                        "addresses of Services are offered on loopback: this host has none of the addresses of Node n2"
                                + " (172.31.7.2, fd77::2)");
        assertNothingIsCaptured();
        assertThat(cluster.n1().ask("127.96.0.10", 80)).startsWith("p2a ");
    }

    @Test
    void withoutANodeObjectNothingIsCaptured() throws Exception {
        agent = NodeAgent.start(cluster.n1(), manifests, LATER_FLAG_COUNTS).awaitReady();

        assertThat(agent.command().output()).contains("offered on loopback: there is no Node object n1");
        assertNothingIsCaptured();
    }

    @Test
    void withoutTheRightToCaptureTheNodeIsServedOnLoopbackWithTheReason() throws Exception {
        writeNode(cluster.n1());
        agent = NodeAgent.startWithoutRights(cluster.n1(), manifests, LATER_FLAG_COUNTS)
                .awaitReady();

        assertThat(agent.command().output())
                .contains("offered on loopback: this host is node n1, but this process lacks CAP_NET_ADMIN");
        assertNothingIsCaptured();
    }

    private void assertNothingIsCaptured() throws Exception {
        assertThat(cluster.n1().namespace().run("nft", "list", "ruleset")).isEmpty();
        assertThat(cluster.n1().namespace().run("ip", "rule")).doesNotContain("fwmark");
        assertThat(cluster.n1().ask(WEB.clusterIp(Family.IPV4), 80))
                .as("as without kubeferry")
                .startsWith("elsewhere ");
    }

    private void writeNode(Machine node) throws IOException {
        Files.writeString(manifests.resolve("node.yaml"), """
                apiVersion: v1
                kind: Node
                metadata: {name: %s}
                status:
                  addresses:
                  - {type: InternalIP, address: %s}
                  - {type: InternalIP, address: "%s"}
                """.formatted(
                        node.name(), node.address(Family.IPV4), node.address(Family.IPV6)));
    }
}
