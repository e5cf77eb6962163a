package io.kubeferry.it.state;

import io.kubeferry.core.testing.FreePorts;
import io.kubeferry.core.testing.TestEndpoint;
import io.kubeferry.it.process.FakeCluster;
import io.kubeferry.it.process.Manifests;
import io.kubeferry.it.process.RunningAgent;
import io.kubeferry.it.process.ServicePlace;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A cluster with a Service that has session affinity, one that echoes, and that of the API server, and a folder for its state. */
abstract class OnSavedCluster {
    private static final String WEB_IP = "10.47.31.10";
    private static final String ECHO_IP = "10.47.31.11";
    private static final String KUBERNETES_IP = "10.47.31.1";
    private static final List<String> CLIENTS = List.of("127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5");

    @TempDir
    Path folder;

    final FakeCluster cluster = new FakeCluster();
    ServicePlace web;
    ServicePlace echo;
    ServicePlace kubernetes;
    StateFile file;
    Path kubeconfig;
    Path ready;

    @BeforeEach
    void createServices() throws Exception {
        web = ServicePlace.ofClusterIp(WEB_IP, FreePorts.next());
        echo = ServicePlace.ofClusterIp(ECHO_IP, FreePorts.next());
        kubernetes = ServicePlace.ofClusterIp(KUBERNETES_IP, FreePorts.next());
        cluster.putNode();
        cluster.put(
                "services",
                Manifests.service("web", WEB_IP, web.port())
                        .replace("type: ClusterIP", "type: ClusterIP\n  sessionAffinity: ClientIP"));
        for (String pod : List.of("a", "b", "c")) {
            cluster.put(
                    "endpointslices",
                    Manifests.slice("web", "web-" + pod, cluster.pod(pod).address()));
        }
        cluster.put("services", Manifests.service("echo", ECHO_IP, echo.port()));
        TestEndpoint echoing = cluster.pod(socket -> socket.getInputStream().transferTo(socket.getOutputStream()));
        cluster.put("endpointslices", Manifests.slice("echo", "echo-1", echoing.address()));
        putKubernetes(cluster.pod("kubernetes"));
        kubeconfig = cluster.kubeconfig(folder);
        file = StateFile.in(folder.resolve("state"));
        ready = folder.resolve("ready");
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    /** Starts an agent that keeps its state in the folder. */
    RunningAgent start(String... more) throws IOException {
        List<String> words = new ArrayList<>(List.of(
                "--state-dir",
                folder.resolve("state").toString(),
                "--ready-file",
                ready.toString(),
                "--addresses",
                "loopback"));
        words.addAll(List.of(more));
        return RunningAgent.onKubeconfig(kubeconfig, words.toArray(String[]::new));
    }

    /** Lets {@code endpoint} be where the API server's own Service leads. */
    void putKubernetes(TestEndpoint endpoint) {
        cluster.put(
                "services",
                Manifests.service("kubernetes", KUBERNETES_IP, kubernetes.port())
                        .replace("namespace: it", "namespace: default"));
        cluster.put(
                "endpointslices",
                Manifests.slice("kubernetes", "kubernetes", endpoint.address())
                        .replace("namespace: it", "namespace: default"));
    }

    boolean isSaved(String part) throws IOException {
        return file.text().contains(part);
    }

    boolean allClientsAreSaved() throws IOException {
        String text = file.text();
        return CLIENTS.stream().allMatch(client -> text.contains("\"" + client + "\""));
    }

    /** Which pod each client is sent to. */
    Map<String, String> answers() throws IOException {
        Map<String, String> answers = new TreeMap<>();
        for (String client : CLIENTS) {
            try (Socket socket = new Socket()) {
                socket.bind(new InetSocketAddress(client, 0));
                answers.put(
                        client,
                        new String(web.connect(socket).getInputStream().readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        return answers;
    }
}
