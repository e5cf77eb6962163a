package io.kubeferry.agent.image;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.kubeferry.agent.testing.ClusterKeys;
import io.kubeferry.agent.testing.FakeApiServer;
import io.kubeferry.core.testing.FreePorts;
import io.kubeferry.core.testing.HostAddress;
import io.kubeferry.core.testing.TestEndpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.Optional;

/**
 * The run that the AOT cache of starts on an API server is made of, as those of a DaemonSet are: with TLS, a first connection, and what
 * is asked of it by HTTP. The build runs it, not the tests.
 */
public final class ApiServerTraining {
    private final FakeApiServer api;
    private final TrainingService service;
    private final int healthz = FreePorts.next();
    private final int metrics = FreePorts.next();
    private final int status = FreePorts.next();

    private ApiServerTraining(FakeApiServer api, TrainingService service) {
        this.api = api;
        this.service = service;
    }

    /** Has the launcher, which is named first, make the cache, which is named second. */
    public static void main(String... names) throws Exception {
        Path folder = Files.createTempDirectory("kubeferry-training-");
        Path kubeconfig = folder.resolve("kubeconfig");
        ClusterKeys keys = new ClusterKeys(folder);
        try {
            keys.issue("server", "CN=server", "-ext", "san=ip:127.0.0.1");
            keys.issue("client", "CN=client");
            train(Training.of(names), keys, kubeconfig);
        } finally {
            keys.delete();
            Files.deleteIfExists(kubeconfig);
            Files.delete(folder);
        }
    }

    private static void train(Training training, ClusterKeys keys, Path kubeconfig) throws Exception {
        try (FakeApiServer api = new FakeApiServer(Optional.of(keys.serverContext("server")));
                TestEndpoint pod = new TestEndpoint(
                        podAddress(), socket -> socket.getOutputStream().write('x'))) {
            Files.writeString(kubeconfig, kubeconfig(api.url(), keys));
            new ApiServerTraining(api, new TrainingService(pod.address())).train(training, kubeconfig);
        }
    }

    /** Endpoints on loopback do not count where an API server names them. */
    private static InetAddress podAddress() {
        return HostAddress.FIRST.orElse(InetAddress.getLoopbackAddress());
    }

    private void train(Training training, Path kubeconfig) throws Exception {
        // A node without an address: the agent does not take the Services' own addresses then, whoever builds.
        put("nodes", """
                apiVersion: v1
                kind: Node
                metadata: {name: %s}
                """.formatted(TrainingService.NODE));
        put("services", service.service());
        put("endpointslices", service.endpointSlice());
        training.run(
                () -> hasCarried() && answersByHttp(),
                "--kubeconfig=" + kubeconfig,
                "--hostname-override=" + TrainingService.NODE,
                "--healthz-bind-address=127.0.0.1:" + healthz,
                "--metrics-bind-address=127.0.0.1:" + metrics,
                "--status-bind-address=127.0.0.1:" + status);
    }

    private boolean hasCarried() {
        if (HostAddress.FIRST.isEmpty()) {
            // Nothing can be carried then, so those classes are not in the cache.
            return api.requests().stream()
                    .anyMatch(request -> request.contains("services") && request.contains("watch"));
        }
        return service.isCarried();
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
