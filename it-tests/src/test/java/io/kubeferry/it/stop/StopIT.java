package io.kubeferry.it.stop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubeferry.core.testing.Await;
import io.kubeferry.core.testing.FreePorts;
import io.kubeferry.core.testing.TestEndpoint;
import io.kubeferry.it.process.Manifests;
import io.kubeferry.it.process.RunningAgent;
import io.kubeferry.it.process.RunningCommand;
import io.kubeferry.it.process.ServicePlace;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The end of the process: connections may finish, until the deadline or a second signal. */
class StopIT {
    private static final String CLUSTER_IP = "10.47.14.10";
    private static final int SIGTERM_TWICE = 128 + 15;
    /** That of the JVM. */
    private static final int OUT_OF_MEMORY = 3;

    @TempDir
    private Path folder;

    private final TestEndpoint pod = TestEndpoint.echoing();
    private ServicePlace web;

    @BeforeEach
    void writeManifests() throws Exception {
        web = ServicePlace.ofClusterIp(CLUSTER_IP, FreePorts.next());
        Files.writeString(
                folder.resolve("web.yaml"),
                Manifests.file(
                        Manifests.service("web", CLUSTER_IP, web.port()),
                        Manifests.slice("web", "web-1", pod.address())));
    }

    @AfterEach
    void close() {
        pod.close();
    }

    @Test
    void sigtermRefusesNewConnectionsAndLetsOldOnesFinish() throws Exception {
        try (RunningAgent agent = RunningAgent.onManifests(folder);
                Socket socket = connected()) {
            agent.command().signal("TERM");
            web.awaitRefused();
            assertEchoes(socket, "still here");
            assertThat(agent.command().isAlive()).isTrue();
            socket.shutdownOutput();
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
            assertThat(agent.command().exitCode()).isZero();
            assertThat(agent.command().output())
                    .contains("stopped accepting; may finish within 30s: connections=")
                    .doesNotContain("reset", "Exception");
        }
    }

    @Test
    void idleAgentEndsAtOnceOnSigtermAndOnSigint() throws Exception {
        for (String signal : new String[] {"TERM", "INT"}) {
            try (RunningAgent agent = RunningAgent.onManifests(folder)) {
                web.awaitServed();
                agent.awaitNoConnections();
                agent.command().signal(signal);
                assertThat(agent.command().exitCode()).isZero();
            }
        }
    }

    @Test
    void drainTimeoutResetsWhatIsLeft() throws Exception {
        try (RunningAgent agent = RunningAgent.onManifests(folder, "--drain-timeout", "500ms");
                Socket socket = connected()) {
            agent.command().signal("TERM");
            assertThatThrownBy(() -> socket.getInputStream().read())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("reset");
            assertThat(agent.command().exitCode()).isZero();
            assertThat(agent.command().output()).contains("(--drain-timeout) and were reset: connections=1");
        }
    }

    @Test
    void secondSignalEndsAtOnce() throws Exception {
        try (RunningAgent agent = RunningAgent.onManifests(folder, "--drain-timeout", "1h");
                Socket socket = connected()) {
            agent.command().signal("TERM");
            web.awaitRefused();
            assertThat(agent.command().isAlive()).isTrue();
            agent.command().signal("TERM");
            assertThat(agent.command().exitCode()).isEqualTo(SIGTERM_TWICE);
            Await.until(() -> isEnded(socket));
        }
    }

    @Test
    void aProcessWhoseHeapIsFullEndsInsteadOfLimpingOn() throws Exception {
        try (RunningCommand agent = RunningCommand.start(
                Map.of("KUBEFERRY_JAVA_OPTS", "-Xmx24m"),
                List.of(
                        "run",
                        "--manifests=" + folder,
                        "--hostname-override=" + Manifests.NODE,
                        "--healthz-bind-address=",
                        "--metrics-bind-address=",
                        "--status-bind-address="))) {
            web.awaitServed();
            StringBuilder far = new StringBuilder();
            for (int i = 0; i < 20_000; i++) {
                far.append(Manifests.service("far-" + i, "10.48." + i / 200 + "." + (1 + i % 200), web.port()))
                        .append(Manifests.NEXT);
            }
            Files.writeString(folder.resolve("far.yaml"), far);
            assertThat(agent.exitCode()).isEqualTo(OUT_OF_MEMORY);
            assertThat(agent.output()).contains("OutOfMemoryError");
            // The kernel takes down what an io_uring holds a moment after its process.
            web.awaitRefused();
        }
    }

    private Socket connected() throws Exception {
        web.awaitServed();
        Socket socket = web.connect();
        assertEchoes(socket, "hello");
        return socket;
    }

    private static void assertEchoes(Socket socket, String words) throws IOException {
        byte[] bytes = words.getBytes(StandardCharsets.UTF_8);
        socket.getOutputStream().write(bytes);
        assertThat(socket.getInputStream().readNBytes(bytes.length)).isEqualTo(bytes);
    }

    private static boolean isEnded(Socket socket) {
        try {
            return socket.getInputStream().read() < 0;
        } catch (IOException reset) {
            return true;
        }
    }
}
