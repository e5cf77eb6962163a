package io.kubeferry.it.badinput;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.testing.Await;
import io.kubeferry.core.testing.FreePorts;
import io.kubeferry.core.testing.TestEndpoint;
import io.kubeferry.it.process.Manifests;
import io.kubeferry.it.process.RunningAgent;
import io.kubeferry.it.process.ServicePlace;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nonsense in the cluster and addresses that are taken: named in one sentence, and the rest is served. */
class BadObjectsIT {
    private static final String CLUSTER_IP = "10.47.13.10";

    @TempDir
    private Path folder;

    private final TestEndpoint pod = TestEndpoint.saying("a");
    private ServicePlace web;

    @BeforeEach
    void writeGoodService() throws Exception {
        web = ServicePlace.ofClusterIp(CLUSTER_IP, FreePorts.next());
        write(
                "web.yaml",
                Manifests.service("web", CLUSTER_IP, web.port()),
                Manifests.slice("web", "web-1", pod.address()));
    }

    @AfterEach
    void close() {
        pod.close();
    }

    @Test
    void nonsenseIsNamedAndTheRestIsServed() throws Exception {
        int port = web.port();
        write(
                "zero.yaml",
                Manifests.service("zero", "10.47.13.20", port).replace("port: " + port, "port: 0"),
                Manifests.slice("zero", "zero-1", pod.address()));
        write(
                "noip.yaml",
                Manifests.service("noip", "ten.dot.zero", port),
                Manifests.slice("noip", "noip-1", pod.address()));
        write("orphan.yaml", Manifests.slice("nobody", "orphan-1", pod.address()));
        write(
                "noaddress.yaml",
                Manifests.service("noaddress", "10.47.13.21", port),
                Manifests.slice("noaddress", "noaddress-1", "pod.one:80"));
        try (RunningAgent agent = RunningAgent.onManifests(folder)) {
            web.awaitAnswerOf("a");
            for (List<String> words : List.of(
                    List.of("Service it/zero", "0"),
                    List.of("Service it/noip", "ten.dot.zero"),
                    List.of("EndpointSlice it/noaddress-1", "pod.one"))) {
                agent.awaitOutput(words.getFirst());
                assertThat(agent.command().lines(words.getFirst()))
                        .anySatisfy(line -> assertThat(line).contains(words));
            }
            assertServesOn(agent);
        }
    }

    @Test
    void tenThousandPortsOfOneServiceHurtNobody() throws Exception {
        String ports = IntStream.range(0, 10_000)
                .mapToObj(i -> "  - {name: p%d, protocol: TCP, port: %d}\n".formatted(i, 20_000 + i))
                .collect(Collectors.joining());
        write(
                "many.yaml",
                Manifests.service("many", "10.47.13.30", web.port()) + ports,
                Manifests.slice("many", "many-1", pod.address()));
        try (RunningAgent agent = RunningAgent.onManifests(folder)) {
            web.awaitAnswerOf("a");
            ServicePlace.ofClusterIp("10.47.13.30", web.port()).awaitAnswerOf("a");
            assertServesOn(agent);
            assertThat(agent.command().output().lines().count()).isLessThan(60);
        }
    }

    @Test
    void takenServicePortIsReportedCountedAndTriedAgain() throws Exception {
        ServicePlace taken = ServicePlace.ofClusterIp("10.47.13.40", web.port());
        write(
                "taken.yaml",
                Manifests.service("taken", "10.47.13.40", web.port()),
                Manifests.slice("taken", "taken-1", pod.address()));
        ServerSocket rival = new ServerSocket(taken.port(), 8, InetAddress.getByName(taken.address()));
        try (rival;
                RunningAgent agent = RunningAgent.onManifests(folder)) {
            try (rival) {
                web.awaitAnswerOf("a");
                agent.awaitOutput(taken.address() + ":" + rival.getLocalPort());
                Await.until(() -> agent.metric("kubeferry_listener_bind_failures") == 1);
                assertServesOn(agent);
            }
            taken.awaitAnswerOf("a");
            Await.until(() -> agent.metric("kubeferry_listener_bind_failures") == 0);
        }
    }

    @Test
    void takenAddressesOfHealthAndMetricsAreReportedAndTheProxyGoesOn() throws Exception {
        for (String flag : List.of("--healthz-bind-address", "--metrics-bind-address")) {
            try (ServerSocket rival = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
                    RunningAgent agent = RunningAgent.onManifests(folder, flag, "127.0.0.1:" + rival.getLocalPort())) {
                web.awaitAnswerOf("a");
                agent.awaitOutput("127.0.0.1:" + rival.getLocalPort());
                assertThat(agent.command().lines("127.0.0.1:" + rival.getLocalPort()))
                        .singleElement()
                        .satisfies(line -> assertThat(line).containsIgnoringCase("in use"));
                assertThat(agent.command().output()).doesNotContain("Exception", "\tat ");
            }
        }
    }

    @Test
    void takenAddressEndsTheProcessWhereThatIsAskedFor() throws Exception {
        try (ServerSocket rival = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
                RunningAgent agent = RunningAgent.onManifests(
                        folder,
                        "--bind-address-hard-fail",
                        "--metrics-bind-address",
                        "127.0.0.1:" + rival.getLocalPort())) {
            assertThat(agent.command().exitCode()).as(agent.command().output()).isEqualTo(1);
            assertThat(agent.command().lines("127.0.0.1:" + rival.getLocalPort()))
                    .singleElement()
                    .satisfies(line -> assertThat(line).contains("--bind-address-hard-fail"));
        }
    }

    private void assertServesOn(RunningAgent agent) throws Exception {
        assertThat(agent.command().isAlive()).isTrue();
        assertThat(web.answer()).isEqualTo("a");
        assertThat(agent.health("/livez")).isEqualTo(200);
        assertThat(agent.command().output()).doesNotContain("Exception", "\tat ");
    }

    private void write(String file, String... documents) throws Exception {
        Files.writeString(folder.resolve(file), Manifests.file(documents));
    }
}
