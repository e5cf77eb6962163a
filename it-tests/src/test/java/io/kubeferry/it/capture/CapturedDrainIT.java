package io.kubeferry.it.capture;

import static io.kubeferry.it.capture.SampleServices.LOCAL;
import static io.kubeferry.it.capture.SampleServices.WEB;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The end of a process that captures, and a pod network that fails for a while, as connections of clients see them. */
class CapturedDrainIT extends OnOneNetwork {
    @BeforeEach
    void start() throws Exception {
        WEB.write(manifests, List.of(cluster.p1a(), cluster.p2a()));
        LOCAL.write(manifests, List.of(cluster.p1a()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"epoll", "auto"})
    void connectionsFinishAndWhatIsLeftAtTheDeadlineIsReset(String transport) throws Exception {
        agent = NodeAgent.start(cluster.n1(), manifests, "--drain-timeout=8s", "--transport=" + transport)
                .awaitReady();
        List<Machine.Connection> left = new ArrayList<>();
        try (LongTransfer transfer =
                new LongTransfer(cluster.client(), cluster.n1().address(Family.IPV4), LOCAL.nodePort())) {
            for (Family family : Family.values()) {
                // With the client's own address, with the node's, and with the node as the client.
                left.add(cluster.client().connect(cluster.n1().address(family), LOCAL.nodePort()));
                left.add(cluster.client().connect(cluster.n1().address(family), WEB.nodePort()));
                left.add(cluster.n1().connect(WEB.clusterIp(family), 80));
            }
            agent.command().signal("TERM");
            agent.command().awaitOutput("stopped accepting");
            transfer.assertComplete();
            for (Machine.Connection connection : left) {
                assertThat(connection.echoes("may finish")).as("%s", connection).isTrue();
            }
            for (Machine.Connection connection : left) {
                assertThat(connection.end()).as("%s", connection).isEqualTo("reset");
            }
            assertThat(agent.command().exitCode()).as(agent.command().output()).isZero();
            assertThat(agent.command().output())
                    .contains("were reset: connections=6 reason=drain_deadline most of: ", "it/web:http=4")
                    .contains("it/local:http=2");
        } finally {
            for (Machine.Connection connection : left) {
                connection.close();
            }
        }
    }

    @Test
    void aPodThatCannotBeReachedForAWhileCostsNoConnection() throws Exception {
        agent = NodeAgent.start(cluster.n1(), manifests).awaitReady();
        NetworkNamespace pod = cluster.p1a().namespace();
        try (LongTransfer established =
                        new LongTransfer(cluster.client(), cluster.n1().address(Family.IPV4), LOCAL.nodePort());
                Load load = new Load(20)) {
            load.add(cluster.client(), cluster.n1().address(Family.IPV4), WEB.nodePort());
            load.add(cluster.p1b(), WEB.clusterIp(Family.IPV6), 80);
            pod.runWithInput(
                    "table inet hole { chain input { type filter hook input priority 0; policy drop; }; }\n",
                    "nft",
                    "-f",
                    "-");
            load.awaitServed(60);
            pod.run("nft", "delete", "table", "inet", "hole");
            load.awaitServed(60);
            assertThat(load.failures()).isEmpty();
            established.assertComplete();
        }
    }
}
