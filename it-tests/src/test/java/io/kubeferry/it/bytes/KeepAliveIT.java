package io.kubeferry.it.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kubeferry.core.testing.Await;
import io.kubeferry.core.testing.FreePorts;
import io.kubeferry.core.testing.TestEndpoint;
import io.kubeferry.it.process.Manifests;
import io.kubeferry.it.process.RunningAgent;
import io.kubeferry.it.process.ServicePlace;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Peers that vanish are noticed: the kernel's timers on both sides of a silent connection, as {@code ss} tells them. */
class KeepAliveIT {
    private static final String CLUSTER_IP = "10.47.19.10";

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "io_uring"})
    void bothSidesOfASilentConnectionAreProbedAfterFiveMinutes(String transport) throws Exception {
        int port = FreePorts.next();
        ServicePlace web = ServicePlace.ofClusterIp(CLUSTER_IP, port);
        try (TestEndpoint pod = TestEndpoint.silent()) {
            Files.writeString(
                    folder.resolve("web.yaml"),
                    Manifests.file(
                            Manifests.service("web", CLUSTER_IP, port),
                            Manifests.slice("web", "web-1", pod.address())));
            try (RunningAgent agent = RunningAgent.onManifests(folder, "--transport", transport)) {
                if (transport.equals("io_uring")) {
                    Await.until(() -> !agent.command().isAlive() || !web.refuses());
                    assumeTrue(agent.command().isAlive(), "this host does not have io_uring");
                }
                web.awaitServed();
                agent.awaitNoConnections();
                try (Socket client = web.connect()) {
                    client.getOutputStream().write(1);
                    Await.until(() -> agent.metric("kubeferry_bytes_total", "direction=\"to_endpoint\"") == 1);
                    assertThat(sockets("src " + web.address() + ":" + port)).contains("timer:(keepalive,4min");
                    // The endpoint's side is prepared when the connection has lasted for a while.
                    Await.until(() -> sockets("dst " + pod.address()).contains("timer:(keepalive,4min"));
                }
            }
        }
    }

    private static String sockets(String filter) throws Exception {
        Process ss = new ProcessBuilder("ss", "-Htno", "state", "established", filter)
                .redirectErrorStream(true)
                .start();
        String output = new String(ss.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(ss.waitFor()).as(output).isZero();
        return output;
    }
}
