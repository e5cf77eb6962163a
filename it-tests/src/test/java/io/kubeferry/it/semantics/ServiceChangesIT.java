package io.kubeferry.it.semantics;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.testing.Await;
import io.kubeferry.core.testing.FreePorts;
import io.kubeferry.core.testing.TestEndpoint;
import io.kubeferry.it.process.Manifests;
import io.kubeferry.it.process.RunningAgent;
import io.kubeferry.it.process.ServicePlace;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A Service that becomes another one at run time: old addresses close, new ones open, connections live on. */
class ServiceChangesIT {
    private static final String CLUSTER_IP = "10.47.23.10";

    /** What a Service may be, and which of its addresses are then served. */
    enum Kind {
        CLUSTER_IP("type: ClusterIP, clusterIP: $IP, ports: [{name: http, port: $PORT}]", true, false, false),
        NODE_PORT(
                "type: NodePort, clusterIP: $IP, ports: [{name: http, port: $PORT, nodePort: $NODEPORT}]",
                true,
                true,
                false),
        LOAD_BALANCER(
                "type: LoadBalancer, externalTrafficPolicy: Local, healthCheckNodePort: $PROBED, clusterIP: $IP,"
                        + " ports: [{name: http, port: $PORT, nodePort: $NODEPORT}]",
                true,
                true,
                true),
        EXTERNAL_NAME("type: ExternalName, externalName: example.org", false, false, false),
        HEADLESS("clusterIP: None, ports: [{name: http, port: $PORT}]", false, false, false),
        UDP_BESIDE_TCP(
                "type: NodePort, clusterIP: $IP, ports: [{name: u, port: $PORT, nodePort: $NODEPORT, protocol: UDP},"
                        + " {name: http, port: $PORT, nodePort: $NODEPORT}]",
                true,
                true,
                false),
        WITHOUT_SENSE("type: Magic, clusterIP: nonsense, ports: [{name: http, port: 70000}]", false, false, false);

        private final String spec;
        private final boolean clusterIp;
        private final boolean nodePort;
        private final boolean probed;

        Kind(String spec, boolean clusterIp, boolean nodePort, boolean probed) {
            this.spec = spec;
            this.clusterIp = clusterIp;
            this.nodePort = nodePort;
            this.probed = probed;
        }
    }

    @TempDir
    private Path folder;

    private TestEndpoint pod;
    private ServicePlace clusterIp;
    private ServicePlace nodePort;
    private ServicePlace probed;
    private RunningAgent agent;

    @BeforeEach
    void start() throws Exception {
        pod = TestEndpoint.echoing();
        clusterIp = ServicePlace.ofClusterIp(CLUSTER_IP, FreePorts.next());
        nodePort = ServicePlace.ofNodePort(FreePorts.next());
        probed = ServicePlace.ofNodePort(FreePorts.next());
        write(Kind.CLUSTER_IP, "", "");
        agent = RunningAgent.onManifests(folder);
        clusterIp.awaitServed();
    }

    @AfterEach
    void stop() throws Exception {
        agent.close();
        pod.close();
    }

    @ParameterizedTest
    @EnumSource
    void aServiceBecomesAnyOtherAndComesBack(Kind kind) throws Exception {
        try (Socket old = clusterIp.connect()) {
            assertEchoes(old);
            // With those declared later: what came before has had its turn with this one.
            for (Kind other : Kind.values()) {
                if (other.compareTo(kind) > 0) {
                    become(kind);
                    become(other);
                }
            }
            become(kind);
            assertEchoes(old);
        }
    }

    @Test
    void labelsHideAServiceAndItsSlicesAndConnectionsLiveOn() throws Exception {
        try (Socket old = clusterIp.connect()) {
            write(Kind.CLUSTER_IP, "service.kubernetes.io/service-proxy-name: other", "");
            clusterIp.awaitRefused();
            write(Kind.CLUSTER_IP, "service.kubernetes.io/service-proxy-name: ''", "");
            agent.awaitOutput("service-proxy-name=\"\" hands it to another proxy");
            assertThat(clusterIp.refuses()).isTrue();
            write(Kind.CLUSTER_IP, "", "");
            clusterIp.awaitServed();

            write(Kind.CLUSTER_IP, "", "service.kubernetes.io/headless: ''");
            clusterIp.awaitRefused();
            // The label means nothing on the Service itself.
            write(Kind.CLUSTER_IP, "service.kubernetes.io/headless: ''", "");
            clusterIp.awaitServed();

            Files.delete(folder.resolve("web.yaml"));
            clusterIp.awaitRefused();
            assertEchoes(old);
        }
    }

    @Test
    void withAProxyNameExactlyTheServicesThatCarryItAreServed() throws Exception {
        agent.close();
        agent = RunningAgent.onManifests(folder, "--service-proxy-name", "ferry");
        agent.awaitOutput("no label service.kubernetes.io/service-proxy-name=ferry");
        assertThat(clusterIp.refuses()).isTrue();
        write(Kind.CLUSTER_IP, "service.kubernetes.io/service-proxy-name: ferry", "");
        clusterIp.awaitServed();
        write(Kind.CLUSTER_IP, "service.kubernetes.io/service-proxy-name: ferry2", "");
        clusterIp.awaitRefused();
    }

    @Test
    void aNodeThatChangesItsZoneGetsOtherEndpointsAtOnce() throws Exception {
        Files.writeString(folder.resolve("web.yaml"), service(Kind.CLUSTER_IP, ""));
        clusterIp.awaitRefused();
        try (Pods pods = new Pods("a", "b")) {
            List<String> documents = new ArrayList<>();
            documents.add(service(Kind.CLUSTER_IP, ""));
            documents.addAll(pods.slices(
                    "web", List.of("a hints: {forZones: [{name: z1}]}", "b hints: {forZones: [{name: z2}]}")));
            Files.writeString(folder.resolve("web.yaml"), Manifests.file(documents.toArray(String[]::new)));
            for (String zoneAndPods : List.of("z1 a", "z2 b", "z3 a b", "z1 a")) {
                String[] words = zoneAndPods.split(" ", 2);
                Files.writeString(folder.resolve("node.yaml"), """
                        apiVersion: v1
                        kind: Node
                        metadata: {name: %s, labels: {topology.kubernetes.io/zone: %s}}
                        """.formatted(Manifests.NODE, words[0]));
                Await.until(() -> !clusterIp.refuses()
                        && String.join(" ", clusterIp.answers(4).keySet()).equals(words[1]));
            }
        }
    }

    private void become(Kind kind) throws Exception {
        write(kind, "", "");
        Await.until(() -> clusterIp.refuses() != kind.clusterIp
                && nodePort.refuses() != kind.nodePort
                && probed.refuses() != kind.probed);
    }

    private void write(Kind kind, String label, String sliceLabel) throws IOException {
        String slice = Manifests.slice("web", "web-1", pod.address());
        Files.writeString(
                folder.resolve("web.yaml"),
                Manifests.file(
                        service(kind, label),
                        sliceLabel.isEmpty()
                                ? slice
                                : slice.replace("service-name: web", "service-name: web, " + sliceLabel)));
    }

    private String service(Kind kind, String label) {
        return """
                apiVersion: v1
                kind: Service
                metadata: {name: web, namespace: it, labels: {%s}}
                spec: {%s}
                """.formatted(
                        label,
                        kind.spec
                                .replace("$IP", CLUSTER_IP)
                                .replace("$PORT", Integer.toString(clusterIp.port()))
                                .replace("$NODEPORT", Integer.toString(nodePort.port()))
                                .replace("$PROBED", Integer.toString(probed.port())));
    }

    private static void assertEchoes(Socket socket) throws IOException {
        byte[] word = "still here".getBytes(StandardCharsets.UTF_8);
        socket.getOutputStream().write(word);
        assertThat(socket.getInputStream().readNBytes(word.length)).isEqualTo(word);
    }
}
