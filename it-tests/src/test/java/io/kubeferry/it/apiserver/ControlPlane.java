package io.kubeferry.it.apiserver;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.kubeferry.agent.testing.ClusterKeys;
import io.kubeferry.core.testing.FreePorts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A real kube-apiserver with a real etcd, on loopback, with client certificates and RBAC. Their binaries come from the
 * folder that the environment variable KUBEBUILDER_ASSETS names. Confined to one thread.
 */
public final class ControlPlane {
    private final Path binaries;
    private final Path folder;
    private final ClusterKeys keys;
    private final int etcdPort = FreePorts.next();
    private final int etcdPeerPort = FreePorts.next();
    private final int apiPort = FreePorts.next();
    private final Process etcd;
    private @Nullable Process apiServer;

    /** Starts both; what they write is in {@code folder}. */
    private ControlPlane(Path binaries, Path folder)
            throws IOException, InterruptedException, GeneralSecurityException {
        this.binaries = binaries;
        this.folder = folder;
        keys = new ClusterKeys(folder);
        keys.issue("apiserver", "CN=kube-apiserver", "-ext", "san=ip:127.0.0.1,dns:localhost");
        keys.issue("admin", "CN=admin, O=system:masters");
        keys.issue("service-accounts", "CN=service-accounts");
        write("ca.crt", keys.certificate("ca"));
        write("apiserver.crt", keys.certificate("apiserver"));
        write("apiserver.key", keys.key("apiserver"));
        write("service-accounts.key", keys.key("service-accounts"));
        etcd = start(
                "etcd",
                "--data-dir=" + folder.resolve("etcd"),
                "--listen-client-urls=" + etcdUrl(),
                "--advertise-client-urls=" + etcdUrl(),
                "--listen-peer-urls=http://127.0.0.1:" + etcdPeerPort,
                "--initial-advertise-peer-urls=http://127.0.0.1:" + etcdPeerPort,
                "--initial-cluster=default=http://127.0.0.1:" + etcdPeerPort,
                "--unsafe-no-fsync");
        startApiServer();
    }

    /** One whose files are in {@code folder}; skips the test where the environment names no binaries. */
    public static ControlPlane start(Path folder) throws IOException, InterruptedException, GeneralSecurityException {
        assumeTrue(binaries().isPresent(), "skipped: KUBEBUILDER_ASSETS names no folder with kube-apiserver and etcd");
        return new ControlPlane(binaries().orElseThrow(), folder);
    }

    /** A client that may do everything, and waits for a server that is starting. */
    public KubernetesClient admin() throws IOException, InterruptedException, GeneralSecurityException {
        Config config = Config.fromKubeconfig(kubeconfig("admin", "", apiPort).toFile());
        return new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(config)
                        .withRequestRetryBackoffInterval(200)
                        .withRequestRetryBackoffLimit(60)
                        .build())
                .build();
    }

    /** The folder of binaries, if the environment names one. */
    private static Optional<Path> binaries() {
        return Optional.ofNullable(System.getenv("KUBEBUILDER_ASSETS"))
                .map(Path::of)
                .filter(folder -> Files.isExecutable(folder.resolve("kube-apiserver"))
                        && Files.isExecutable(folder.resolve("etcd")));
    }

    void startApiServer() throws IOException {
        apiServer = start(
                "kube-apiserver",
                "--etcd-servers=" + etcdUrl(),
                "--bind-address=127.0.0.1",
                "--secure-port=" + apiPort,
                "--advertise-address=127.0.0.1",
                "--endpoint-reconciler-type=none",
                "--authorization-mode=RBAC",
                "--allow-privileged=true",
                "--tls-cert-file=" + folder.resolve("apiserver.crt"),
                "--tls-private-key-file=" + folder.resolve("apiserver.key"),
                "--client-ca-file=" + folder.resolve("ca.crt"),
                "--service-account-issuer=https://kubernetes.default.svc",
                "--service-account-key-file=" + folder.resolve("service-accounts.key"),
                "--service-account-signing-key-file=" + folder.resolve("service-accounts.key"),
                "--disable-admission-plugins=ServiceAccount",
                "--service-cluster-ip-range=10.96.0.0/16");
    }

    void stopApiServer() throws InterruptedException {
        if (apiServer != null) {
            stop(apiServer);
        }
    }

    /** Where the API server listens on loopback. */
    public int apiPort() {
        return apiPort;
    }

    /** Writes a kubeconfig for a user with a client certificate of its own. */
    public Path kubeconfig(String alias, String subject, int port)
            throws IOException, InterruptedException, GeneralSecurityException {
        if (!alias.equals("admin")) {
            keys.issue(alias, subject);
        }
        return write(alias + ".kubeconfig", """
                apiVersion: v1
                kind: Config
                current-context: test
                contexts: [{name: test, context: {cluster: test, user: %s}}]
                clusters:
                - name: test
                  cluster: {server: "https://127.0.0.1:%d", certificate-authority: ca.crt}
                users:
                - name: %s
                  user: {client-certificate-data: %s, client-key-data: %s}
                """.formatted(
                        alias, port, alias, base64(keys.certificate(alias)), base64(keys.key(alias))));
    }

    /** The last lines that the API server said, for a failing test. */
    String log() throws IOException {
        List<String> lines = Files.readAllLines(folder.resolve("kube-apiserver.log"));
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
    }

    /** Ends both. */
    public void stop() throws InterruptedException {
        stopApiServer();
        stop(etcd);
    }

    private Process start(String binary, String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of(binaries.resolve(binary).toString()));
        command.addAll(List.of(options));
        return new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve(binary + ".log").toFile()))
                .start();
    }

    private static void stop(Process process) throws InterruptedException {
        process.destroy();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }

    private String etcdUrl() {
        return "http://127.0.0.1:" + etcdPort;
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
