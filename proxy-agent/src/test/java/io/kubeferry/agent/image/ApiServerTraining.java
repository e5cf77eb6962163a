package io.kubeferry.agent.image;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.kubeferry.agent.testing.ClusterKeys;
import io.kubeferry.agent.testing.FakeApiServer;
import io.kubeferry.core.testing.Await;
import io.kubeferry.core.testing.FreePorts;
import io.kubeferry.core.testing.HostAddress;
import io.kubeferry.core.testing.TestEndpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The run that an AOT cache of the image is made of (JEP 514): a start on an API server, as those of a DaemonSet are, with TLS, a
 * first connection, and what is asked of it by HTTP. The build runs it, not the tests.
 */
public final class ApiServerTraining {
    private static final String NODE = "training";
    private static final String CLUSTER_IP = "10.47.18.10";
    /** Where the agent offers it on loopback. */
    private static final String PLACE = "127.47.18.10";

    private static final long MINUTES_TO_END = 5;
    private static final int ANSWER_MILLIS = 1_000;

    private final FakeApiServer api;
    private final int port = FreePorts.next();
    private final int healthz = FreePorts.next();
    private final int metrics = FreePorts.next();
    private final int status = FreePorts.next();

    private ApiServerTraining(FakeApiServer api) {
        this.api = api;
    }

    /** Has the launcher, which is named first, make the cache, which is named second. */
    public static void main(String... names) throws Exception {
        Path folder = Files.createTempDirectory("kubeferry-training-");
        Path kubeconfig = folder.resolve("kubeconfig");
        ClusterKeys keys = new ClusterKeys(folder);
        try {
            keys.issue("server", "CN=server", "-ext", "san=ip:127.0.0.1");
            keys.issue("client", "CN=client");
            train(names[0], names[1], keys, kubeconfig);
        } finally {
            keys.delete();
            Files.deleteIfExists(kubeconfig);
            Files.delete(folder);
        }
    }

    private static void train(String launcher, String cache, ClusterKeys keys, Path kubeconfig) throws Exception {
        try (FakeApiServer api = new FakeApiServer(Optional.of(keys.serverContext("server")));
                TestEndpoint pod = new TestEndpoint(
                        podAddress(), socket -> socket.getOutputStream().write('x'))) {
            Files.writeString(kubeconfig, kubeconfig(api.url(), keys));
            new ApiServerTraining(api).train(launcher, cache, kubeconfig, pod);
        }
    }

    /** Endpoints on loopback do not count where an API server names them. */
    private static InetAddress podAddress() {
        return HostAddress.FIRST.orElse(InetAddress.getLoopbackAddress());
    }

    private void train(String launcher, String cache, Path kubeconfig, TestEndpoint pod) throws Exception {
        putObjects(pod.address());
        ProcessBuilder command = new ProcessBuilder(List.of(
                        launcher,
                        "run",
                        "--kubeconfig=" + kubeconfig,
                        "--hostname-override=" + NODE,
                        "--healthz-bind-address=127.0.0.1:" + healthz,
                        "--metrics-bind-address=127.0.0.1:" + metrics,
                        "--status-bind-address=127.0.0.1:" + status))
                .inheritIO();
        command.environment().put("KUBEFERRY_JAVA_OPTS", "-XX:AOTCacheOutput=" + cache);
        Process agent = command.start();
        try {
            Await.until(() -> !agent.isAlive() || (hasCarried() && answersByHttp()));
            if (!agent.isAlive()) {
                throw new IllegalStateException("the agent has ended, see above (expected: a start on an API server)");
            }
        } finally {
            // Its JVM makes the cache when it ends.
            agent.destroy();
            if (!agent.waitFor(MINUTES_TO_END, TimeUnit.MINUTES)) {
                agent.destroyForcibly();
            }
        }
        if (!Files.exists(Path.of(cache))) {
            throw new IllegalStateException(cache + " was not made, see above");
        }
    }

    private boolean hasCarried() {
        if (HostAddress.FIRST.isEmpty()) {
            // Nothing can be carried then, so those classes are not in the cache.
            return api.requests().stream()
                    .anyMatch(request -> request.contains("services") && request.contains("watch"));
        }
        try (Socket client = new Socket(PLACE, port)) {
            client.setSoTimeout(ANSWER_MILLIS);
            return client.getInputStream().read() == 'x';
        } catch (IOException notYet) {
            return false;
        }
    }

    /** Asks what a kubelet, a Prometheus and a browser ask. */
    private boolean answersByHttp() {
        try {
            URI.create("http://127.0.0.1:" + healthz + "/healthz")
                    .toURL()
                    .openStream()
                    .close();
            URI.create("http://127.0.0.1:" + metrics + "/metrics")
                    .toURL()
                    .openStream()
                    .close();
            URI.create("http://127.0.0.1:" + status + "/").toURL().openStream().close();
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    private void putObjects(String podAddress) {
        int colon = podAddress.lastIndexOf(':');
        // A node without an address: the agent does not take the Services' own addresses then, whoever builds.
        put("nodes", """
                apiVersion: v1
                kind: Node
                metadata: {name: %s}
                """.formatted(NODE));
        put("services", """
                apiVersion: v1
                kind: Service
                metadata: {name: web, namespace: training}
                spec:
                  type: ClusterIP
                  clusterIP: %s
                  clusterIPs: [%s]
                  ipFamilies: [IPv4]
                  ports: [{name: http, protocol: TCP, port: %d}]
                """.formatted(CLUSTER_IP, CLUSTER_IP, port));
        put("endpointslices", """
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: web-1, namespace: training, labels: {kubernetes.io/service-name: web}}
                addressType: IPv4
                endpoints: [{addresses: [%s], nodeName: %s, conditions: {ready: true, serving: true, terminating: false}}]
                ports: [{name: http, protocol: TCP, port: %s}]
                """.formatted(podAddress.substring(0, colon), NODE, podAddress.substring(colon + 1)));
    }

    private void put(String resource, String object) {
        api.put(resource, Serialization.unmarshal(object, HasMetadata.class));
    }

    private static String kubeconfig(String url, ClusterKeys keys) throws IOException, GeneralSecurityException {
        return """
                apiVersion: v1
                kind: Config
                clusters: [{name: c, cluster: {server: "%s", certificate-authority-data: %s}}]
                users: [{name: u, user: {client-certificate-data: %s, client-key-data: %s}}]
                contexts: [{name: x, context: {cluster: c, user: u}}]
                current-context: x
                """.formatted(
                url, base64(keys.certificate("ca")), base64(keys.certificate("client")), base64(keys.key("client")));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
    }
}
