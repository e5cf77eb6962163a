package io.kubeferry.it.rules;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubeferry.core.testing.Await;
import io.kubeferry.core.testing.BlackHole;
import io.kubeferry.core.testing.FreePorts;
import io.kubeferry.core.testing.TestEndpoint;
import io.kubeferry.it.process.Manifests;
import io.kubeferry.it.process.RunningAgent;
import io.kubeferry.it.process.RunningCommand;
import io.kubeferry.it.process.ServicePlace;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Endpoints that refuse or do not answer, under many clients at once. */
class SetAsideIT {
    private static final String CLUSTER_IP = "10.47.16.10";
    private static final int CLIENTS = 50;
    private static final int CONNECTIONS_EACH = 20;

    @TempDir
    private Path folder;

    private int port;
    private int deadPort;
    private ServicePlace web;
    private BlackHole blackHole;
    private TestEndpoint one;
    private TestEndpoint two;
    private RunningAgent agent;

    @BeforeEach
    void start() throws Exception {
        port = FreePorts.next();
        deadPort = FreePorts.next();
        web = ServicePlace.ofClusterIp(CLUSTER_IP, port);
        blackHole = new BlackHole();
        one = TestEndpoint.saying("one");
        two = TestEndpoint.saying("two");
        agent = RunningAgent.onManifests(folder);
    }

    @AfterEach
    void stop() throws Exception {
        agent.close();
        one.close();
        two.close();
        blackHole.close();
    }

    @Test
    void parallelClientsAreAllServedAndDeadEndpointsAreTriedByTheFirstOnesOnly() throws Exception {
        serve("connect-timeout: 300ms", refusing(), blackHole.address(), one.address(), two.address());

        Map<String, Integer> answers = answersOfParallelClients();

        assertThat(answers).containsOnlyKeys("one", "two");
        assertThat(answers.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(CLIENTS * CONNECTIONS_EACH);
        // The turns of dead endpoints go to the others alike.
        assertThat(answers.get("one"))
                .isBetween(CLIENTS * CONNECTIONS_EACH * 2 / 5, CLIENTS * CONNECTIONS_EACH * 3 / 5);
        assertThat(agent.metric("kubeferry_connect_retries_total")).isLessThanOrEqualTo(2 * CLIENTS);
        assertThat(setAside()).containsExactlyInAnyOrder(refusing(), blackHole.address());
        assertThat(agent.metric("kubeferry_endpoints_set_aside")).isEqualTo(2);
        assertThat(RunningCommand.run(
                                Map.of(), List.of("status", "it/web", "--status-bind-address", agent.statusAddress()))
                        .output())
                .contains("endpoint " + refusing() + " on here, ready, set aside, connections: 0");

        double retries = agent.metric("kubeferry_connect_retries_total");
        assertThat(web.answers(20)).containsOnlyKeys("one", "two");
        assertThat(agent.metric("kubeferry_connect_retries_total")).isEqualTo(retries);
    }

    @Test
    void endpointThatAnswersAgainComesBackByItself() throws Exception {
        serve("set-aside: on", refusing(), one.address());
        web.answers(4);
        assertThat(setAside()).containsExactly(refusing());

        try (TestEndpoint _ = TestEndpoint.at(
                deadPort, socket -> socket.getOutputStream().write("back".getBytes(StandardCharsets.US_ASCII)))) {
            Await.until(() -> setAside().isEmpty());
            assertThat(web.answers(20)).isEqualTo(Map.of("back", 10, "one", 10));
            agent.awaitOutput("answers again and gets its part of connections");
        }
    }

    @Test
    void whereAllEndpointsFailEveryOneIsStillTried() throws Exception {
        int other = FreePorts.next();
        serve("set-aside: on", refusing(), "127.0.0.1:" + other);
        one.close();
        for (int i = 0; i < 3; i++) {
            Await.until(() -> resets());
        }
        assertThat(setAside()).isEmpty();

        try (TestEndpoint _ = TestEndpoint.at(
                other, socket -> socket.getOutputStream().write("back".getBytes(StandardCharsets.US_ASCII)))) {
            assertThat(web.answers(4)).isEqualTo(Map.of("back", 4));
        }
    }

    @Test
    void clientWithSessionAffinityGoesElsewhereWhileItsEndpointIsSetAside() throws Exception {
        TestEndpoint mine = TestEndpoint.saying("mine");
        Files.writeString(
                folder.resolve("web.yaml"),
                Manifests.file(
                        Manifests.service("web", CLUSTER_IP, port)
                                .replace("type: ClusterIP", "type: ClusterIP\n  sessionAffinity: ClientIP"),
                        slice(mine.address(), 0)));
        web.awaitAnswerOf("mine");
        write("set-aside: on", true, mine.address(), one.address());
        Await.until(() -> endpoints().size() == 2);
        assertThat(web.answers(5)).isEqualTo(Map.of("mine", 5));

        mine.close();
        assertThat(web.answers(5)).isEqualTo(Map.of("one", 5));
        assertThat(agent.metric("kubeferry_connect_retries_total")).isLessThanOrEqualTo(1);
    }

    private boolean resets() throws Exception {
        try {
            return web.answer().isEmpty();
        } catch (SocketException reset) {
            return true;
        }
    }

    private Map<String, Integer> answersOfParallelClients() throws Exception {
        Map<String, Integer> answers = new TreeMap<>();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<Map<String, Integer>> client = () -> web.answers(CONNECTIONS_EACH);
            for (Future<Map<String, Integer>> ended : clients.invokeAll(
                    IntStream.range(0, CLIENTS).mapToObj(_ -> client).toList())) {
                ended.get().forEach((name, count) -> answers.merge(name, count, Integer::sum));
            }
        }
        return answers;
    }

    private List<String> setAside() throws Exception {
        return endpoints()
                .valueStream()
                .filter(endpoint -> endpoint.path("setAside").asBoolean())
                .map(endpoint -> endpoint.path("address").asText())
                .toList();
    }

    private JsonNode endpoints() throws Exception {
        return new ObjectMapper()
                .readTree(agent.status("/api/v1/services"))
                .path("services")
                .path(0)
                .path("endpoints");
    }

    private String refusing() {
        return "127.0.0.1:" + deadPort;
    }

    private void serve(String annotation, String... endpoints) throws Exception {
        write(annotation, false, endpoints);
        web.awaitServed();
        Await.until(() -> endpoints().size() == endpoints.length);
        agent.awaitNoConnections();
    }

    private void write(String annotation, boolean affinity, String... endpoints) throws Exception {
        String service = Manifests.annotated(Manifests.service("web", CLUSTER_IP, port), annotation);
        StringBuilder documents = new StringBuilder(
                affinity
                        ? service.replace("type: ClusterIP", "type: ClusterIP\n  sessionAffinity: ClientIP")
                        : service);
        for (int i = 0; i < endpoints.length; i++) {
            documents.append(Manifests.NEXT).append(slice(endpoints[i], i));
        }
        Files.writeString(folder.resolve("web.yaml"), documents.toString());
    }

    private static String slice(String address, int number) {
        return Manifests.slice("web", "web-" + number, address);
    }
}
