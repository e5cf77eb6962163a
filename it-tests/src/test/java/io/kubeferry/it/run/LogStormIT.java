package io.kubeferry.it.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubeferry.agent.testing.FakeApiServer;
import io.kubeferry.core.testing.Await;
import io.kubeferry.core.testing.FreePorts;
import io.kubeferry.it.process.FakeCluster;
import io.kubeferry.it.process.Manifests;
import io.kubeferry.it.process.RunningAgent;
import io.kubeferry.it.process.ServicePlace;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** However much goes wrong, the log stays short, and tells how much it was. */
class LogStormIT {
    private static final int BAD = 500;

    @TempDir
    private Path folder;

    @Test
    void fiveHundredBadObjectsAreTenLinesAndASum() throws Exception {
        String bad = IntStream.range(0, BAD)
                .mapToObj(i -> Manifests.service("bad-" + i, "10.47.15." + (i % 200 + 1), 10_000 + i)
                        .replace(
                                "namespace: it}",
                                "namespace: it, annotations: {kubeferry.io/idle-timeout: \"soon " + i + "\"}}"))
                .collect(Collectors.joining(Manifests.NEXT));
        Files.writeString(folder.resolve("bad.yaml"), bad);
        try (RunningAgent agent = RunningAgent.onManifests(folder)) {
            agent.awaitOutput("kubeferry.io/idle-timeout");
            Await.until(() -> agent.metric("kubeferry_annotations_ignored") == BAD);
            assertThat(warnings(agent))
                    .hasSize(10)
                    .allSatisfy(line -> assertThat(line)
                            .contains(
                                    "Service it/bad-", "kubeferry.io/idle-timeout", "soon ", "expected:", "taken as"));
            agent.command().signal("TERM");
            assertThat(agent.command().exitCode()).isZero();
            assertThat(warnings(agent)).hasSize(11);
            assertThat(warnings(agent).getLast())
                    .contains(BAD - 10 + " more times", "the last time: Ignored", "Service it/bad-");
        }
    }

    @Test
    void apiServerThatFailsForLongIsALineForEachReason() throws Exception {
        try (FakeApiServer api = new FakeApiServer()) {
            Path kubeconfig = FakeCluster.kubeconfig(folder, api.url());
            api.refuse("/", 503);
            try (RunningAgent agent = RunningAgent.onKubeconfig(kubeconfig, "--addresses", "loopback")) {
                Await.until(() -> api.requests().size() >= 20);
                assertThat(warnings(agent))
                        .singleElement()
                        .satisfies(line -> assertThat(line).contains("API server cannot be used", api.url()));
                api.stop();
                agent.command().awaitOutput("refused");
                // A request that was under way when the server stopped has a reason of its own.
                assertThat(warnings(agent))
                        .filteredOn(line -> !line.contains("closed the connection"))
                        .hasSize(2);
            }
        }
    }

    @Test
    void endpointThatRefusesTenThousandConnectionsIsInTheMetricsAndNotInTheLog() throws Exception {
        int closed = FreePorts.next();
        ServicePlace web = ServicePlace.ofClusterIp("10.47.15.250", FreePorts.next());
        Files.writeString(
                folder.resolve("web.yaml"),
                Manifests.file(
                        Manifests.service("web", "10.47.15.250", web.port()),
                        Manifests.slice("web", "web-1", "127.0.0.1:" + closed)));
        try (RunningAgent agent = RunningAgent.onManifests(folder)) {
            web.awaitServed();
            agent.awaitNoConnections();
            double before = failures(agent);
            for (int i = 0; i < 10_000; i++) {
                assertThatThrownBy(web::answer).isInstanceOf(SocketException.class);
            }
            Await.until(() -> failures(agent) == before + 10_000);
            assertThat(warnings(agent)).isEmpty();
        }
    }

    private static double failures(RunningAgent agent) throws Exception {
        return agent.metric("kubeferry_connection_failures_total", "reason=\"connect_refused\"");
    }

    private static List<String> warnings(RunningAgent agent) throws Exception {
        return agent.command().lines(" WARN ");
    }
}
