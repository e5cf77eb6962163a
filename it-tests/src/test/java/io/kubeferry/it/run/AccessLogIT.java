package io.kubeferry.it.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubeferry.core.testing.TestEndpoint;
import io.kubeferry.it.process.FreePorts;
import io.kubeferry.it.process.Manifests;
import io.kubeferry.it.process.RunningAgent;
import io.kubeferry.it.process.ServicePlace;
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
}
