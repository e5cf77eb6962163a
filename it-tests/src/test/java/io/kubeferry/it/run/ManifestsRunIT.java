package io.kubeferry.it.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.testing.Await;
import io.kubeferry.core.testing.FreePorts;
import io.kubeferry.core.testing.TestEndpoint;
import io.kubeferry.it.process.Manifests;
import io.kubeferry.it.process.RunningAgent;
import io.kubeferry.it.process.ServicePlace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The main job from a folder of manifests: listen, balance, follow the folder, count. */
class ManifestsRunIT {
    private static final String CLUSTER_IP = "10.47.11.10";

    @TempDir
    private Path folder;

    private final TestEndpoint podA = TestEndpoint.saying("a");
    private final TestEndpoint podB = TestEndpoint.saying("b");
    private final TestEndpoint podC = TestEndpoint.saying("c");
    private ServicePlace web;
    private RunningAgent agent;

    @BeforeEach
    void start() throws Exception {
        int port = FreePorts.next();
        web = ServicePlace.ofClusterIp(CLUSTER_IP, port);
        write(
                "web.yaml",
                Manifests.service("web", CLUSTER_IP, port),
                Manifests.slice("web", "web-1", podA.address()),
                Manifests.slice("web", "web-2", podB.address()),
                Manifests.slice("web", "web-3", podC.address()));
        agent = RunningAgent.onManifests(folder);
        web.awaitServed();
        agent.awaitNoConnections();
    }

    @AfterEach
    void stop() throws Exception {
        agent.close();
        podA.close();
        podB.close();
        podC.close();
    }

    @Test
    void roundRobinIsExactAndCounted() throws Exception {
        double before = agent.metric("kubeferry_connections_total", "service=\"web\"");
        assertThat(web.answers(30)).isEqualTo(Map.of("a", 10, "b", 10, "c", 10));
        agent.awaitNoConnections();
        assertThat(agent.metric("kubeferry_connections_total", "namespace=\"it\"", "service=\"web\"", "port=\"http\"")
                        - before)
                .isEqualTo(30);
        assertThat(agent.metric("kubeferry_bytes_total", "service=\"web\"", "direction=\"to_client\""))
                .isGreaterThanOrEqualTo(30);
        assertThat(agent.metric("kubeferry_endpoints_usable", "service=\"web\"", "list=\"cluster\""))
                .isEqualTo(3);
        assertThat(agent.metric("kubeferry_connect_duration_seconds_count", "service=\"web\""))
                .isGreaterThanOrEqualTo(30);
        assertThat(agent.health("/healthz")).isEqualTo(200);
        assertThat(agent.health("/livez")).isEqualTo(200);
        assertThat(agent.diagnostics("/proxyMode")).isEqualTo("userspace");
        assertThat(agent.diagnostics("/configz"))
                .startsWith("{\"kubeproxy.config.k8s.io\":{")
                .containsOnlyOnce("kubeproxy.config.k8s.io\":");
    }

    @Test
    void nodePortsServeAllEndpointsOrOnlyThoseOfThisNode() throws Exception {
        ServicePlace everywhere = ServicePlace.ofNodePort(FreePorts.next());
        ServicePlace local = ServicePlace.ofNodePort(FreePorts.next());
        ServicePlace nowhere = ServicePlace.ofNodePort(FreePorts.next());
        write("all.yaml", nodePort("all", "10.47.11.20", everywhere, "Cluster", Manifests.NODE));
        write("local.yaml", nodePort("local", "10.47.11.21", local, "Local", Manifests.NODE));
        write("nowhere.yaml", nodePort("nowhere", "10.47.11.22", nowhere, "Local", "elsewhere-2"));
        everywhere.awaitServed();
        local.awaitServed();
        agent.awaitOutput("it/nowhere:http");
        agent.awaitNoConnections();
        assertThat(everywhere.answers(6)).isEqualTo(Map.of("a", 3, "b", 3));
        assertThat(local.answers(6)).isEqualTo(Map.of("a", 6));
        assertThat(ServicePlace.ofClusterIp("10.47.11.21", local.port()).answers(6))
                .isEqualTo(Map.of("a", 3, "b", 3));
        assertThat(nowhere.refuses()).isTrue();
        assertThat(ServicePlace.ofClusterIp("10.47.11.22", nowhere.port()).answers(2))
                .isEqualTo(Map.of("a", 1, "b", 1));
    }

    @Test
    void changesOfTheFolderArePickedUp() throws Exception {
        write("web.yaml", Manifests.service("web", CLUSTER_IP, web.port()), slice(podB));
        Await.until(() -> web.answers(3).equals(Map.of("b", 3)));
        // A slice in a file of its own joins its Service; going away, it takes only its own endpoints.
        write("more.yaml", Manifests.slice("web", "web-more", podC.address()));
        Await.until(() -> web.answers(4).equals(Map.of("b", 2, "c", 2)));
        Files.delete(folder.resolve("more.yaml"));
        Await.until(() -> web.answers(3).equals(Map.of("b", 3)));
        // No endpoint is left: refused, not accepted and closed.
        write("web.yaml", Manifests.service("web", CLUSTER_IP, web.port()));
        web.awaitRefused();
        write("web.yaml", Manifests.service("web", CLUSTER_IP, web.port()), slice(podA));
        web.awaitAnswerOf("a");
        Files.delete(folder.resolve("web.yaml"));
        web.awaitRefused();
        agent.awaitOutput("no longer it/web:http");
        Await.until(() -> !agent.metrics().contains("service=\"web\""));
    }

    @Test
    void brokenFileIsNamedAndKeepsItsLastGoodContent() throws Exception {
        Files.writeString(folder.resolve("web.yaml"), "apiVersion: v1\nkind: Service\nmetadata: {name: [\n");
        agent.awaitOutput("web.yaml");
        assertThat(agent.command().lines("web.yaml"))
                .singleElement()
                .satisfies(line -> assertThat(line).contains("line 4", "stays in force"));
        assertThat(web.answers(3)).isEqualTo(Map.of("a", 1, "b", 1, "c", 1));
        // The others are followed all the same.
        int port = FreePorts.next();
        write(
                "other.yaml",
                Manifests.service("other", "10.47.11.11", port),
                Manifests.slice("other", "other-1", podC.address()));
        ServicePlace.ofClusterIp("10.47.11.11", port).awaitAnswerOf("c");
        write("web.yaml", Manifests.service("web", CLUSTER_IP, web.port()), slice(podB));
        Await.until(() -> web.answers(3).equals(Map.of("b", 3)));
        agent.awaitOutput("good again");
    }

    @Test
    void deadEndpointIsPassedOverBeforeTheClientSeesAnything() throws Exception {
        // The look whether it is served may have ended in a reset of its own.
        double failuresBefore = agent.metric("kubeferry_connection_failures_total", "service=\"web\"");
        podB.close();
        assertThat(web.answers(30)).containsOnlyKeys("a", "c");
        assertThat(agent.metric("kubeferry_connect_retries_total", "service=\"web\""))
                .isPositive();
        assertThat(agent.metric("kubeferry_connection_failures_total", "service=\"web\""))
                .isEqualTo(failuresBefore);
    }

    private String nodePort(String name, String clusterIp, ServicePlace nodePort, String policy, String nodeOfA) {
        return Manifests.file(
                Manifests.nodePortService(name, clusterIp, nodePort.port(), nodePort.port(), policy),
                Manifests.slice(name, name + "-1", podA.address(), nodeOfA),
                Manifests.slice(name, name + "-2", podB.address(), "elsewhere"));
    }

    private static String slice(TestEndpoint pod) {
        return Manifests.slice("web", "web-1", pod.address());
    }

    private void write(String file, String... documents) throws Exception {
        Files.writeString(folder.resolve(file), Manifests.file(documents));
    }
}
