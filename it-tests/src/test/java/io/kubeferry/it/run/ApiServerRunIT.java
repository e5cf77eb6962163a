package io.kubeferry.it.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.kubeferry.agent.testing.FakeApiServer;
import io.kubeferry.core.testing.Await;
import io.kubeferry.core.testing.BlackHole;
import io.kubeferry.core.testing.FreePorts;
import io.kubeferry.core.testing.TestEndpoint;
import io.kubeferry.it.process.FakeCluster;
import io.kubeferry.it.process.Manifests;
import io.kubeferry.it.process.RunningAgent;
import io.kubeferry.it.process.RunningCommand;
import io.kubeferry.it.process.ServicePlace;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The main job from an API server that comes, goes, changes and forbids. */
class ApiServerRunIT {
    private static final String CLUSTER_IP = "10.47.12.10";
    private static final String METRICS = "--metrics-bind-address";
    /** Where a server listens, and what kube-proxy says when it cannot. */
    private static final Map<String, String> EVENT_OF_SERVER =
            Map.of(METRICS, "FailedToStartMetricServer", "--healthz-bind-address", "FailedToStartProxierHealthcheck");

    @TempDir
    private Path folder;

    private final FakeCluster cluster = new FakeCluster();
    private final FakeApiServer api = cluster.api();
    private TestEndpoint podA;
    private TestEndpoint podB;
    private ServicePlace web;
    private Path kubeconfig;

    @BeforeEach
    void createWeb() throws Exception {
        podA = cluster.pod("a");
        podB = cluster.pod("b");
        web = ServicePlace.ofClusterIp(CLUSTER_IP, FreePorts.next());
        cluster.put("services", Manifests.service("web", CLUSTER_IP, web.port()));
        cluster.put("endpointslices", Manifests.slice("web", "web-1", podA.address()));
        kubeconfig = cluster.kubeconfig(folder);
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void startsBeforeTheApiServerAndServesWhenItIsThere() throws Exception {
        api.stop();
        try (RunningAgent agent = RunningAgent.onKubeconfig(kubeconfig)) {
            agent.awaitOutput("API server cannot be used");
            assertThat(web.refuses()).isTrue();
            assertThat(agent.health("/livez")).isEqualTo(200);
            api.startAgain();
            web.awaitAnswerOf("a");
            agent.awaitOutput("API server is back");
            assertThat(agent.command().lines("cannot be used")).hasSizeLessThanOrEqualTo(2);
            assertThat(agent.command().output()).doesNotContain("Exception", "\tat ");
        }
    }

    @Test
    void servesThroughAnOutageAndPicksUpWhatChanged() throws Exception {
        try (RunningAgent agent = RunningAgent.onKubeconfig(kubeconfig)) {
            web.awaitAnswerOf("a");
            api.stop();
            agent.awaitOutput("API server cannot be used");
            assertThat(web.answers(4)).isEqualTo(Map.of("a", 4));
            cluster.put("endpointslices", Manifests.slice("web", "web-2", podB.address()));
            api.delete("endpointslices", "it", "web-1");
            api.compact();
            assertThat(web.answers(4)).isEqualTo(Map.of("a", 4));
            api.startAgain();
            Await.until(() -> web.answers(4).equals(Map.of("b", 4)));
        }
    }

    @Test
    void deletedSliceTakesOnlyItsOwnEndpoints() throws Exception {
        cluster.put("endpointslices", Manifests.slice("web", "web-2", podB.address()));
        try (RunningAgent agent = RunningAgent.onKubeconfig(kubeconfig)) {
            web.awaitServed();
            agent.awaitNoConnections();
            assertThat(web.answers(4)).isEqualTo(Map.of("a", 2, "b", 2));
            api.delete("endpointslices", "it", "web-1");
            Await.until(() -> web.answers(4).equals(Map.of("b", 4)));
            api.delete("endpointslices", "it", "web-2");
            web.awaitRefused();
            cluster.put("endpointslices", Manifests.slice("web", "web-1", podA.address()));
            web.awaitAnswerOf("a");
            api.delete("services", "it", "web");
            web.awaitRefused();
        }
    }

    @Test
    void namespacedRightsAreEnough() throws Exception {
        api.refuse("/api/v1/nodes", 403);
        api.refuse("/api/v1/services?", 403);
        api.refuse("/discovery.k8s.io/v1/endpointslices?", 403);
        try (RunningAgent agent = RunningAgent.onKubeconfig(kubeconfig, "--namespace", "it,other")) {
            web.awaitAnswerOf("a");
            assertThat(agent.health("/healthz")).isEqualTo(200);
            assertThat(api.requests())
                    .noneMatch(request -> request.contains("/api/v1/services?"))
                    .noneMatch(request -> request.contains("/discovery.k8s.io/v1/endpointslices?"))
                    .anyMatch(request -> request.contains("/namespaces/other/"));
            assertThat(agent.command().output()).doesNotContain("Exception", "\tat ");
        }
    }

    @Test
    void forbiddenNodesAreNotWaitedForClusterWideEither() throws Exception {
        api.refuse("/api/v1/nodes", 403);
        try (RunningAgent agent = RunningAgent.onKubeconfig(kubeconfig)) {
            web.awaitAnswerOf("a");
            agent.awaitOutput("API server does not let us read our Node");
            assertThat(agent.command().output()).doesNotContain("Exception", "\tat ");
        }
    }

    @Test
    void podNetworkThatCannotBeReachedIsOneSentence() throws Exception {
        try (BlackHole silent = new BlackHole(cluster.hostAddress())) {
            cluster.put("endpointslices", Manifests.slice("web", "web-1", silent.address()));
            try (RunningAgent agent = RunningAgent.onKubeconfig(kubeconfig)) {
                agent.awaitOutput("no route to the pod network");
                assertThat(agent.command().lines(silent.address()))
                        .singleElement()
                        .satisfies(line -> assertThat(line).contains("it/web:http", "Run kubeferry on a node"));
            }
        }
    }

    @Test
    void aNodeIsToldThatItsProxyStartsAndNotThatSomebodyPlans() throws Exception {
        cluster.putNode();
        RunningCommand.Ended plan = RunningCommand.run(
                Map.of(),
                List.of("plan", "--kubeconfig", kubeconfig.toString(), "--hostname-override", Manifests.NODE));
        assertThat(plan.output()).contains("Node " + Manifests.NODE, "it/web:http");
        assertThat(api.posted()).isEmpty();
        try (RunningAgent agent = RunningAgent.onKubeconfig(kubeconfig)) {
            Await.until(() -> !api.posted().isEmpty());
            assertThat(agent.health("/healthz")).isEqualTo(200);
        }
        assertThat(api.posted())
                .singleElement()
                .asString()
                .contains(
                        "\"type\":\"Normal\"",
                        "\"reason\":\"Starting\"",
                        "\"action\":\"StartKubeProxy\"",
                        "\"kind\":\"Node\"",
                        "\"name\":\"" + Manifests.NODE + "\"",
                        "\"namespace\":\"default\"");
    }

    @Test
    void serversThatCannotListenAreToldTheNodeAndTriedAgain() throws Exception {
        cluster.putNode();
        for (Map.Entry<String, String> server : EVENT_OF_SERVER.entrySet()) {
            int told = api.posted().size();
            try (ServerSocket rival = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
                    RunningAgent agent = RunningAgent.onKubeconfig(
                            kubeconfig, server.getKey(), "127.0.0.1:" + rival.getLocalPort())) {
                web.awaitAnswerOf("a");
                Await.until(() -> api.posted().size() == told + 2);
                assertThat(api.posted().getLast())
                        .contains(
                                "\"reason\":\"" + server.getValue() + "\"",
                                "\"action\":\"StartKubeProxy\"",
                                "\"type\":\"Warning\"",
                                "\"kind\":\"Node\"",
                                "\"name\":\"" + Manifests.NODE + "\"",
                                "127.0.0.1:" + rival.getLocalPort(),
                                "tries again every 5 s");
                letGo(rival);
                agent.awaitOutput("address=127.0.0.1:" + rival.getLocalPort());
                assertThat(agent.command().isAlive()).isTrue();
            }
        }
    }

    @Test
    void serverThatMustListenIsToldTheNodeBeforeTheProcessEnds() throws Exception {
        cluster.putNode();
        for (Map.Entry<String, String> server : EVENT_OF_SERVER.entrySet()) {
            int told = api.posted().size();
            try (ServerSocket rival = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
                    RunningAgent agent = RunningAgent.onKubeconfig(
                            kubeconfig,
                            "--bind-address-hard-fail",
                            server.getKey(),
                            "127.0.0.1:" + rival.getLocalPort())) {
                assertThat(agent.command().exitCode()).isEqualTo(1);
                assertThat(api.posted()).hasSize(told + 1);
                assertThat(api.posted().getLast())
                        .contains("\"reason\":\"" + server.getValue() + "\"", "--bind-address-hard-fail");
            }
        }
    }

    @Test
    void nobodyIsToldAboutServersWhereThereIsNoSuchNode() throws Exception {
        api.refuse("/api/v1/nodes/" + Manifests.NODE, 404);
        try (ServerSocket rival = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
                RunningAgent agent = RunningAgent.onKubeconfig(
                        kubeconfig, "--bind-address-hard-fail", METRICS, "127.0.0.1:" + rival.getLocalPort())) {
            assertThat(agent.command().exitCode()).isEqualTo(1);
            assertThat(api.requests()).anyMatch(line -> line.contains("/api/v1/nodes/" + Manifests.NODE));
            assertThat(api.posted()).isEmpty();
        }
    }

    @Test
    void healthCheckPortThatCannotBeHadIsToldTheOwnerAndCostsNothingElse() throws Exception {
        try (ServerSocket rival = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
                RunningAgent agent = RunningAgent.onKubeconfig(kubeconfig)) {
            web.awaitAnswerOf("a");
            cluster.put("services", """
                    apiVersion: v1
                    kind: Service
                    metadata: {name: lb, namespace: it}
                    spec:
                      type: LoadBalancer
                      clusterIP: 10.47.12.11
                      externalTrafficPolicy: Local
                      healthCheckNodePort: %d
                      ports: [{port: 8080}]
                    """.formatted(rival.getLocalPort()));
            agent.awaitOutput("Health-check port cannot be opened");
            Await.until(() -> !api.posted().isEmpty());
            assertThat(api.requests())
                    .anyMatch(line -> line.startsWith("POST /apis/events.k8s.io/v1/namespaces/it/events"));
            assertThat(api.posted())
                    .singleElement()
                    .asString()
                    .contains(
                            "\"reason\":\"FailedToStartServiceHealthcheck\"",
                            "\"action\":\"Listen\"",
                            "\"type\":\"Warning\"",
                            "\"name\":\"lb\"",
                            "healthCheckNodePort " + rival.getLocalPort());
            assertThat(web.answers(2)).isEqualTo(Map.of("a", 2));
        }
    }

    @Test
    void addressThatCannotBeBoundIsToldTheOwner() throws Exception {
        try (ServerSocket rival = new ServerSocket(0, 8, InetAddress.getByName("127.47.12.12"));
                RunningAgent agent = RunningAgent.onKubeconfig(kubeconfig)) {
            web.awaitAnswerOf("a");
            cluster.put("services", Manifests.service("taken", "10.47.12.12", rival.getLocalPort()));
            cluster.put("endpointslices", Manifests.slice("taken", "taken-1", podA.address()));
            agent.awaitOutput("cannot listen on 127.47.12.12:" + rival.getLocalPort());
            Await.until(() -> !api.posted().isEmpty());
            assertThat(api.posted())
                    .singleElement()
                    .asString()
                    .contains(
                            "\"reason\":\"FailedToListen\"",
                            "\"action\":\"Listen\"",
                            "\"type\":\"Warning\"",
                            "\"name\":\"taken\"",
                            "cannot listen on 127.47.12.12:" + rival.getLocalPort(),
                            "address already in use");
            assertThat(web.answers(2)).isEqualTo(Map.of("a", 2));
        }
    }

    @Test
    void annotationWithoutEffectIsToldTheOwnerOnceForAllNodes() throws Exception {
        try (RunningAgent agent = RunningAgent.onKubeconfig(kubeconfig)) {
            web.awaitAnswerOf("a");
            cluster.put("services", annotated("kubeferry.io/idle-timeout: soon"));
            Await.until(() -> api.posted().size() == 1);
            cluster.put("endpointslices", Manifests.slice("web", "web-2", podB.address()));
            cluster.put("services", annotated("other.example/touched: yes, kubeferry.io/idle-timeout: soon"));
            cluster.put("services", annotated("kubeferry.io/idle-timeout: soon, kubeferry.io/balnace: random"));
            Await.until(() -> api.posted().size() == 2);
            assertThat(agent.command().isAlive()).isTrue();
        }
        assertThat(api.posted().getFirst())
                .contains(
                        "\"reason\":\"InvalidAnnotation\"",
                        "\"type\":\"Warning\"",
                        "\"kind\":\"Service\"",
                        "\"name\":\"web\"",
                        "\"uid\":\"uid-of-web\"",
                        "kubeferry.io/idle-timeout soon (expected: a duration of 1s or more), taken as --idle-timeout");
        assertThat(api.posted().getLast()).contains("kubeferry.io/balnace is none that kubeferry knows");
        List<String> before = api.posted();
        try (RunningAgent agent = RunningAgent.onKubeconfig(kubeconfig)) {
            Await.until(() -> api.posted().size() == 4);
            assertThat(agent.command().isAlive()).isTrue();
        }
        assertThat(api.posted().subList(2, 4))
                .map(ApiServerRunIT::eventName)
                .containsExactlyInAnyOrderElementsOf(
                        before.stream().map(ApiServerRunIT::eventName).toList());
    }

    @Test
    void eventThatAnotherNodeHasSentIsNoTrouble() throws Exception {
        api.refuse("POST", 409);
        try (RunningAgent agent = RunningAgent.onKubeconfig(kubeconfig)) {
            cluster.put("services", annotated("kubeferry.io/idle-timeout: soon"));
            Await.until(() -> events() == 1);
            cluster.put("services", annotated("kubeferry.io/balance: fair"));
            Await.until(() -> events() == 2); // One after another: the first is over.
            assertThat(agent.command().output()).doesNotContain("could not be sent");
        }
    }

    private long events() {
        return api.requests().stream().filter(line -> line.startsWith("POST")).count();
    }

    private String annotated(String annotations) {
        return Manifests.service("web", CLUSTER_IP, web.port())
                .replace("namespace: it}", "namespace: it, uid: uid-of-web, annotations: {" + annotations + "}}");
    }

    private static String eventName(String event) {
        return Serialization.unmarshal(event, HasMetadata.class).getMetadata().getName();
    }

    private static void letGo(Closeable rival) throws IOException {
        rival.close();
    }
}
