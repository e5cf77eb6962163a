package io.kubeferry.it.capture;

import static io.kubeferry.it.capture.SampleServices.WEB;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.testing.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A Service whose endpoints are its own node ports. A node leaves out the one that it serves itself; the other node's it
 * takes for an endpoint like any, since a node knows no addresses of other nodes. So a connection goes to and fro.
 */
class LoopIT extends OnOneNetwork {
    private static final int NODE_PORT = 30_090;
    private static final int DESCRIPTORS = 900;

    private NodeAgent agent1;
    private NodeAgent agent2;

    @BeforeEach
    void start() throws Exception {
        WEB.write(manifests, List.of(cluster.p1a(), cluster.p2a()));
        writeLoop();
        agent1 = NodeAgent.startWithDescriptors(DESCRIPTORS, cluster.n1(), manifests);
        agent2 = NodeAgent.startWithDescriptors(DESCRIPTORS, cluster.n2(), manifests);
        agent1.awaitReady();
        agent2.awaitReady();
    }

    @AfterEach
    void stop() throws Exception {
        NodeAgent.closeAll(agent1, agent2);
    }

    @ParameterizedTest
    @EnumSource
    void nodePortsOfTwoNodesThatLeadToEachOtherEndInAResetAndHarmNoOtherService(Family family) throws Exception {
        for (int turn = 0; turn < 3; turn++) {
            assertThat(cluster.client().ask(cluster.n1().address(family), NODE_PORT))
                    .isEqualTo("reset");
            for (Machine pod : List.of(cluster.p1a(), cluster.p2a())) {
                assertThat(pod.ask(WEB.clusterIp(family), 80)).startsWith("p");
            }
        }
        for (NodeAgent agent : List.of(agent1, agent2)) {
            assertThat(agent.metric("kubeferry_connections_total", "service=\"loop\""))
                    .as("connections that went to and fro")
                    .isBetween(6.0, 3.0 * DESCRIPTORS);
            Await.until(() -> agent.metric("kubeferry_connections_active", "service=\"loop\"") == 0);
        }
    }

    private void writeLoop() throws IOException {
        String service = CaptureManifests.service(
                "loop", "10.96.0.70", "fd96::70", "type: NodePort", CaptureManifests.port(NODE_PORT));
        String slices = CaptureManifests.slices("loop", List.of(cluster.n1(), cluster.n2()))
                .replace("port: " + ClusterNetwork.POD_PORT, "port: " + NODE_PORT);
        Path draft = manifests.resolve("loop.draft");
        Files.writeString(draft, service + slices);
        Files.move(draft, manifests.resolve("loop.yaml"), StandardCopyOption.ATOMIC_MOVE);
    }
}
