package io.kubeferry.it.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubeferry.core.testing.Await;
import io.kubeferry.core.testing.FreePorts;
import io.kubeferry.core.testing.TestEndpoint;
import io.kubeferry.it.process.Manifests;
import io.kubeferry.it.process.RunningAgent;
import io.kubeferry.it.process.RunningCommand;
import io.kubeferry.it.process.ServicePlace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kubeferry status} beside a running agent. */
class StatusIT {
    private static final String CLUSTER_IP = "10.47.15.10";

    @TempDir
    private Path folder;

    private final TestEndpoint podA = TestEndpoint.saying("a");
    private final TestEndpoint podB = TestEndpoint.saying("b");
    private ServicePlace web;
    private RunningAgent agent;

    @BeforeEach
    void start() throws Exception {
        web = ServicePlace.ofClusterIp(CLUSTER_IP, FreePorts.next());
        Files.writeString(
                folder.resolve("all.yaml"),
                String.join(
                        Manifests.NEXT,
                        Manifests.service("web", CLUSTER_IP, web.port()),
                        Manifests.slice("web", "web-1", podA.address()),
                        Manifests.slice("web", "web-2", podB.address()),
                        Manifests.service("idle", "10.47.15.11", web.port())));
        agent = RunningAgent.onManifests(folder);
        web.awaitServed();
        web.answers(10);
        agent.awaitNoConnections();
    }

    @AfterEach
    void stop() throws Exception {
        agent.close();
        podA.close();
        podB.close();
    }

    @Test
    void tableHasARowForEachServicePort() throws Exception {
        RunningCommand.Ended table = status(agent.statusAddress());
        assertThat(table.exitCode()).isZero();
        List<String> lines = table.output().lines().toList();
        assertThat(lines.get(0)).startsWith("SERVICE").contains("ACTIVE", "OPENED", "FAILED");
        assertThat(lines)
                .anySatisfy(line -> assertThat(line).startsWith("it/web:http").contains(web.address()));
        assertThat(lines).anySatisfy(line -> assertThat(line).startsWith("it/idle:http"));
        assertThat(lines).hasSize(3);
    }

    @Test
    void jsonHasTheNumbersOfTheMetrics() throws Exception {
        RunningCommand.Ended json = status(agent.statusAddress(), "-o", "json");
        JsonNode services = new ObjectMapper().readTree(json.output()).get("services");
        assertThat(services).hasSize(2);
        JsonNode served = services.get(1);
        assertThat(served.get("service").textValue()).isEqualTo("web");
        assertThat(served.at("/connections/opened").doubleValue())
                .isEqualTo(agent.metric("kubeferry_connections_total", "service=\"web\""));
        assertThat(served.at("/bytes/toClient").doubleValue())
                .isEqualTo(agent.metric("kubeferry_bytes_total", "service=\"web\"", "direction=\"to_client\""));
        assertThat(served.at("/usableEndpoints/cluster").intValue()).isEqualTo(2);
        assertThat(served.at("/addresses/0/state").textValue()).isEqualTo("serve");
        assertThat(services.at("/0/addresses/0/state").textValue()).isEqualTo("refuse");
    }

    @Test
    void aServicesNameShowsAllAboutIt() throws Exception {
        RunningCommand.Ended detail = status(agent.statusAddress(), "it/web");
        assertThat(detail.output())
                .contains(
                        "it/web:http",
                        "ClusterIP " + CLUSTER_IP,
                        "endpoint " + podA.address() + " on here, ready, connections: 0",
                        "recent connections:")
                .doesNotContain("idle");
        RunningCommand.Ended unknown = status(agent.statusAddress(), "it/nobody");
        assertThat(unknown.exitCode()).isEqualTo(1);
        assertThat(unknown.output()).isEqualToIgnoringNewLines("no Service it/nobody is served here");
    }

    @Test
    void whereNoAgentAnswersOneSentenceSaysSo() throws Exception {
        RunningCommand.Ended silent = status("127.0.0.1:" + FreePorts.next());
        assertThat(silent.exitCode()).isEqualTo(1);
        assertThat(silent.output()).hasLineCount(1).contains("no kubeferry answers at 127.0.0.1:");
    }

    @Test
    void whereThereIsNoTerminalWatchingPrintsTableAfterTable() throws Exception {
        try (RunningCommand watching =
                RunningCommand.start(List.of("status", "--watch", "--status-bind-address", agent.statusAddress()))) {
            Await.until(() -> watching.lines("it/web:http").size() >= 2);
            web.answers(3);
            long opened = (long) agent.metric("kubeferry_connections_total", "service=\"web\"");
            Await.until(() -> watching.lines("it/web:http").getLast().matches(".* " + opened + " .*"));
            assertThat(watching.output()).doesNotContain("\033");
            assertThat(watching.isAlive()).isTrue();
        }
    }

    @Test
    void topShowsTheBusiestFirst() throws Exception {
        try (RunningCommand top =
                RunningCommand.start(List.of("top", "--status-bind-address", agent.statusAddress()))) {
            Await.until(() -> {
                web.answers(1);
                return top.lines("it/web:http").stream().anyMatch(line -> line.matches(".* [1-9][0-9.]*/s .*"));
            });
            List<String> lines = top.output().lines().toList();
            assertThat(lines.getFirst()).contains("node here: 2 service ports");
            assertThat(lines.indexOf(top.lines("it/web:http").getFirst()))
                    .isLessThan(lines.indexOf(top.lines("it/idle:http").getFirst()));
        }
        RunningCommand.Ended once =
                RunningCommand.run(Map.of(), List.of("top", "--once", "--status-bind-address", agent.statusAddress()));
        assertThat(once.exitCode()).isZero();
        assertThat(once.output().lines().filter(line -> line.startsWith("SERVICE")))
                .hasSize(1);
    }

    private static RunningCommand.Ended status(String address, String... more) throws Exception {
        List<String> words = new ArrayList<>(List.of("status", "--status-bind-address", address));
        words.addAll(List.of(more));
        return RunningCommand.run(Map.of(), words);
    }
}
