package io.kubeferry.it.semantics;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.testing.Await;
import io.kubeferry.core.testing.FreePorts;
import io.kubeferry.it.process.Manifests;
import io.kubeferry.it.process.RunningAgent;
import io.kubeferry.it.process.ServicePlace;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The health-check port of a load balancer's Service, as its probes see it. */
class HealthCheckPortIT {
    private static final String CLUSTER_IP = "10.47.21.10";
    private static final int CLOSED = 0;

    @TempDir
    private Path folder;

    private final HttpClient http = HttpClient.newHttpClient();
    private Pods pods;
    private ServicePlace web;
    private ServicePlace nodePort;
    private int probed;
    private RunningAgent agent;

    @BeforeEach
    void start() throws Exception {
        pods = new Pods("a", "b");
        web = ServicePlace.ofClusterIp(CLUSTER_IP, FreePorts.next());
        nodePort = ServicePlace.ofNodePort(FreePorts.next());
        probed = FreePorts.next();
        write("Local", probed);
        agent = RunningAgent.onManifests(folder);
    }

    @AfterEach
    void stop() throws Exception {
        agent.close();
        pods.close();
        http.close();
    }

    @Test
    void itFollowsTheReadyEndpointsOfThisNode() throws Exception {
        awaitStatus(probed, 503);
        assertThat(get(probed, "/").headers().map()).containsEntry("x-load-balancing-endpoint-weight", List.of("0"));
        assertThat(web.refuses()).isTrue();

        write("Local", probed, "b nodeName: elsewhere");
        web.awaitAnswerOf("b");
        assertThat(status(probed)).isEqualTo(503);

        write("Local", probed, "a nodeName: here", "b nodeName: here");
        awaitStatus(probed, 200);
        HttpResponse<String> answer = get(probed, "/healthz");
        assertThat(answer.body())
                .isEqualTo("{\n\t\"service\": {\n\t\t\"namespace\": \"it\",\n\t\t\"name\": \"web\"\n\t},\n"
                        + "\t\"localEndpoints\": 1,\n\t\"serviceProxyHealthy\": true\n}");
        assertThat(answer.headers().map())
                .containsEntry("content-type", List.of("application/json"))
                .containsEntry("x-content-type-options", List.of("nosniff"))
                // Both pods have the same address.
                .containsEntry("x-load-balancing-endpoint-weight", List.of("1"));
    }

    @Test
    void itFailsWhileTrafficStillGoesToEndpointsThatTerminate() throws Exception {
        write("Local", probed, "a nodeName: here");
        awaitStatus(probed, 200);
        write("Local", probed, "a nodeName: here, conditions: {ready: false, serving: true, terminating: true}");
        awaitStatus(probed, 503);
        assertThat(nodePort.answer()).isEqualTo("a");
    }

    @Test
    void aNodeAboutToGoFailsHealthzOnly() throws Exception {
        write("Local", probed, "a nodeName: here");
        awaitStatus(probed, 200);
        assertThat(agent.health("/healthz")).isEqualTo(200);
        Files.writeString(folder.resolve("node.yaml"), node("{key: ToBeDeletedByClusterAutoscaler}"));
        Await.until(() -> agent.health("/healthz") == 503);
        assertThat(agent.health("/livez")).isEqualTo(200);
        assertThat(status(probed)).isEqualTo(200);
        assertThat(agent.metric("kubeproxy_proxy_healthz_total", "code=\"503\""))
                .isPositive();
        Files.writeString(folder.resolve("node.yaml"), node("{key: other}"));
        Await.until(() -> agent.health("/healthz") == 200);
    }

    private static String node(String taint) {
        return """
                apiVersion: v1
                kind: Node
                metadata: {name: %s}
                spec: {taints: [%s]}
                """.formatted(Manifests.NODE, taint);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET /", "HEAD /healthz", "POST /any/where?x=y", "DELETE //", "OPTIONS /%00"})
    void itAnswersAnyMethodAndPath(String request) throws Exception {
        write("Local", probed, "a nodeName: here");
        awaitStatus(probed, 200);
        String[] words = request.split(" ");
        HttpRequest asked = HttpRequest.newBuilder(uri(probed, words[1]))
                .method(words[0], HttpRequest.BodyPublishers.noBody())
                .build();
        assertThat(http.send(asked, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(200);
    }

    @Test
    void itMovesWithItsNumberAndGoesWithThePolicyAndTheService() throws Exception {
        awaitStatus(probed, 503);
        int other = FreePorts.next();
        write("Local", other);
        awaitStatus(other, 503);
        awaitStatus(probed, CLOSED);

        write("Cluster", other, "a nodeName: here");
        awaitStatus(other, CLOSED);
        web.awaitAnswerOf("a");

        write("Local", other, "a nodeName: here");
        awaitStatus(other, 200);
        Files.delete(folder.resolve("web.yaml"));
        awaitStatus(other, CLOSED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "70000", "-1"})
    void aNumberThatIsNoPortClosesItAndCostsNothingElse(String number) throws Exception {
        write("Local", probed, "a nodeName: here");
        awaitStatus(probed, 200);
        Files.writeString(
                folder.resolve("web.yaml"),
                Files.readString(folder.resolve("web.yaml"))
                        .replace("healthCheckNodePort: " + probed, "healthCheckNodePort: " + number));
        awaitStatus(probed, CLOSED);
        agent.awaitOutput("healthCheckNodePort " + number + " (expected: 1..65535)");
        assertThat(nodePort.answer()).isEqualTo("a");
    }

    private void write(String policy, int healthCheckNodePort, String... endpoints) throws IOException {
        List<String> documents = new ArrayList<>();
        documents.add("""
                apiVersion: v1
                kind: Service
                metadata: {name: web, namespace: it}
                spec:
                  type: LoadBalancer
                  clusterIP: %s
                  externalTrafficPolicy: %s
                  healthCheckNodePort: %d
                  ports: [{name: http, port: %d, nodePort: %d}]
                """.formatted(CLUSTER_IP, policy, healthCheckNodePort, web.port(), nodePort.port()));
        documents.addAll(pods.slices("web", List.of(endpoints)));
        Files.writeString(folder.resolve("web.yaml"), Manifests.file(documents.toArray(String[]::new)));
    }

    private void awaitStatus(int port, int status) throws Exception {
        Await.until(() -> status(port) == status);
    }

    private int status(int port) throws Exception {
        try {
            return get(port, "/").statusCode();
        } catch (ConnectException refused) {
            return CLOSED;
        }
    }

    private HttpResponse<String> get(int port, String path) throws Exception {
        return http.send(HttpRequest.newBuilder(uri(port, path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static URI uri(int port, String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }
}
