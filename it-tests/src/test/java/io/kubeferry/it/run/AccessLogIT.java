package io.kubeferry.it.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubeferry.core.testing.Await;
import io.kubeferry.core.testing.FreePorts;
import io.kubeferry.core.testing.TestEndpoint;
import io.kubeferry.it.process.Manifests;
import io.kubeferry.it.process.RunningAgent;
import io.kubeferry.it.process.ServicePlace;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The access log of a running agent, against the connections that were made and what the metrics say of them. */
class AccessLogIT {
    private static final String CLUSTER_IP = "10.47.14.10";

    @TempDir
    private Path folder;

    @Test
    void everyConnectionHasItsLineWhenTheAgentHasEnded() throws Exception {
        Path log = folder.resolve("access.log");
        int port = FreePorts.next();
        ServicePlace web = ServicePlace.ofClusterIp(CLUSTER_IP, port);
        double connections;
        double bytes;
        try (TestEndpoint pod = TestEndpoint.saying("hello")) {
            Files.writeString(
                    folder.resolve("web.yaml"),
                    Manifests.service("web", CLUSTER_IP, port) + "---\n"
                            + Manifests.slice("web", "web-1", pod.address()));
            try (RunningAgent agent =
                    RunningAgent.onManifests(folder, "--access-log", log.toString(), "--access-log-format", "json")) {
                web.awaitServed();
                assertThat(web.answers(30)).isEqualTo(Map.of("hello", 30));
                agent.awaitNoConnections();
                connections = agent.metric("kubeferry_connections_total", "service=\"web\"");
                bytes = agent.metric("kubeferry_bytes_total", "service=\"web\"", "direction=\"to_client\"");
                agent.command().signal("TERM");
                assertThat(agent.command().exitCode()).isZero();
            }
            List<JsonNode> lines = new ArrayList<>();
            for (String line : Files.readAllLines(log)) {
                lines.add(new ObjectMapper().readTree(line));
            }
            assertThat(lines).hasSize((int) connections);
            assertThat(lines.stream()
                            .mapToLong(line -> line.get("bytesToClient").longValue())
                            .sum())
                    .isEqualTo((long) bytes);
            assertThat(lines).allSatisfy(line -> {
                assertThat(line.get("service").textValue()).isEqualTo("web");
                assertThat(line.get("listener").textValue()).isEqualTo(web.address() + ":" + web.port());
                assertThat(line.get("endpoint").textValue()).isEqualTo(pod.address());
            });
        }
    }

    @Test
    void everyEndHasItsReasonAndTheLinesGoToStandardOutput() throws Exception {
        int port = FreePorts.next();
        ServicePlace resetting = ServicePlace.ofClusterIp("10.47.14.11", port);
        ServicePlace refusing = ServicePlace.ofClusterIp("10.47.14.12", port);
        ServicePlace open = ServicePlace.ofClusterIp("10.47.14.13", port);
        try (TestEndpoint resets = new TestEndpoint(socket -> {
                    int _ = socket.getInputStream().read();
                    socket.setSoLinger(true, 0);
                });
                TestEndpoint silent = TestEndpoint.silent()) {
            Files.writeString(
                    folder.resolve("all.yaml"),
                    Manifests.file(
                            Manifests.service("resetting", "10.47.14.11", port),
                            Manifests.slice("resetting", "resetting-1", resets.address()),
                            Manifests.service("refusing", "10.47.14.12", port),
                            Manifests.slice("refusing", "refusing-1", "127.0.0.1:" + FreePorts.next()),
                            Manifests.service("open", "10.47.14.13", port),
                            Manifests.slice("open", "open-1", silent.address())));
            try (RunningAgent agent =
                    RunningAgent.onManifests(folder, "--access-log", "-", "--drain-timeout", "100ms")) {
                // Said when all of them listen.
                agent.awaitOutput("it/open:http ClusterIP 10.47.14.13");
                // The reset may come before this process knows that it is connected.
                assertThatThrownBy(() -> askForAnything(resetting)).isInstanceOf(IOException.class);
                assertThatThrownBy(() -> askForAnything(refusing)).isInstanceOf(IOException.class);
                try (Socket socket = open.connect()) {
                    socket.getOutputStream().write(1);
                    Await.until(() -> agent.metric("kubeferry_bytes_total", "service=\"open\"") == 1);
                    socket.setSoLinger(true, 0);
                }
                agent.awaitOutput("it/open:http client=127.0.0.1:");
                Await.until(() -> reasons(agent, "it/open:http").contains("downstream_reset"));
                assertThat(reasons(agent, "it/resetting:http")).contains("upstream_reset");
                assertThat(reasons(agent, "it/refusing:http")).containsExactly("connect_refused");

                try (Socket _ = open.connect()) {
                    Await.until(() -> agent.metric("kubeferry_connections_active", "service=\"open\"") == 1);
                    agent.command().signal("TERM");
                    assertThat(agent.command().exitCode()).isZero();
                    assertThat(reasons(agent, "it/open:http")).last().isEqualTo("drain_deadline");
                }
            }
        }
    }

    private static int askForAnything(ServicePlace place) throws Exception {
        try (Socket socket = place.connect()) {
            socket.getOutputStream().write(1);
            return socket.getInputStream().read();
        }
    }

    private static List<String> reasons(RunningAgent agent, String servicePort) throws IOException {
        return agent.command().lines(" " + servicePort + " client=").stream()
                .map(line -> line.substring(line.indexOf("reason=") + "reason=".length()))
                .toList();
    }
}
