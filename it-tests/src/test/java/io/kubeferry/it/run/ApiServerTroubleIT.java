package io.kubeferry.it.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.kubeferry.agent.testing.ClusterKeys;
import io.kubeferry.agent.testing.FakeApiServer;
import io.kubeferry.core.testing.Await;
import io.kubeferry.core.testing.FreePorts;
import io.kubeferry.core.testing.HostAddress;
import io.kubeferry.core.testing.TestEndpoint;
import io.kubeferry.it.process.Manifests;
import io.kubeferry.it.process.RunningAgent;
import io.kubeferry.it.process.ServicePlace;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An API server that hangs, and certificates that are renewed, while connections go on and new ones are made. */
class ApiServerTroubleIT {
    private static final String CLUSTER_IP = "10.47.17.10";

    @TempDir
    private Path folder;

    private FakeApiServer api;
    private TestEndpoint podA;
    private TestEndpoint podB;
    private ServicePlace web;

    @BeforeEach
    void startPods() throws Exception {
        assumeTrue(HostAddress.FIRST.isPresent(), "skipped: this host has no IPv4 address but loopback ones");
        podA = pod("a");
        podB = pod("b");
        web = ServicePlace.ofClusterIp(CLUSTER_IP, FreePorts.next());
    }

    @AfterEach
    void close() {
        if (api != null) {
            api.release();
            api.close();
        }
        podA.close();
        podB.close();
    }

    @Test
    void aServerThatDoesNotAnswerDisturbsNoConnection() throws Exception {
        start(Optional.empty());
        try (RunningAgent agent = RunningAgent.onKubeconfig(kubeconfig("token: t"));
                Socket established = connected()) {
            api.hold("/");
            api.endWatches();
            Await.until(() -> api.requests().getLast().startsWith("watch"));
            put("endpointslices", Manifests.slice("web", "web-1", podB.address()));
            assertAnswers("a");
            assertEchoes(established, "while it hangs");
            api.release();
            Await.until(() -> answer().equals("b"));
            assertEchoes(established, "afterwards");
            assertThat(agent.command().output()).doesNotContain("Exception", "\tat ");
        }
    }

    @Test
    void aClientCertificateThatWasRenewedIsShownFromThenOn() throws Exception {
        ClusterKeys keys = new ClusterKeys(folder);
        keys.issue("server", "CN=server", "-ext", "san=ip:127.0.0.1");
        keys.issue("first", "CN=first");
        keys.issue("second", "CN=second");
        write("ca.pem", keys.certificate("ca"));
        write("client.pem", keys.certificate("first"));
        write("client.key", keys.key("first"));
        start(Optional.of(keys.serverContext("server")));
        try (RunningAgent agent = RunningAgent.onKubeconfig(
                        kubeconfig("client-certificate: client.pem, client-key: client.key"));
                Socket established = connected()) {
            assertThat(api.callers()).isNotEmpty().containsOnly("CN=first");
            // Half of it is there for a moment.
            write("client.pem", keys.certificate("second").substring(0, 200));
            long before = watches();
            api.endWatches();
            agent.awaitOutput("certificates for the API server cannot be renewed");
            // Or else there may be no watch yet that could be ended once more.
            Await.until(() -> watches() > before);
            assertEchoes(established, "with half a certificate");
            write("client.key", keys.key("second"));
            write("client.pem", keys.certificate("second"));
            api.endWatches();
            Await.until(() -> api.callers().contains("CN=second"));
            agent.awaitOutput("certificates for the API server were read again");
            put("endpointslices", Manifests.slice("web", "web-1", podB.address()));
            Await.until(() -> answer().equals("b"));
            assertEchoes(established, "with the new one");
        }
    }

    @Test
    void aServerWhoseAuthorityWasRenewedIsTrustedAgain() throws Exception {
        ClusterKeys before = new ClusterKeys(Files.createDirectory(folder.resolve("before")));
        ClusterKeys after = new ClusterKeys(Files.createDirectory(folder.resolve("after")));
        for (ClusterKeys keys : new ClusterKeys[] {before, after}) {
            keys.issue("server", "CN=server", "-ext", "san=ip:127.0.0.1");
            keys.issue("client", "CN=client");
        }
        write("ca.pem", before.certificate("ca"));
        write("client.pem", before.certificate("client"));
        write("client.key", before.key("client"));
        start(Optional.of(before.serverContext("server")));
        try (RunningAgent agent = RunningAgent.onKubeconfig(
                        kubeconfig("client-certificate: client.pem, client-key: client.key"));
                Socket established = connected()) {
            api.stop();
            api.startAgain(after.serverContext("server"));
            agent.awaitOutput("API server cannot be used");
            assertAnswers("a");
            put("endpointslices", Manifests.slice("web", "web-1", podB.address()));
            write("client.pem", after.certificate("client"));
            write("client.key", after.key("client"));
            write("ca.pem", after.certificate("ca"));
            Await.until(() -> answer().equals("b"));
            agent.awaitOutput("API server is back");
            assertEchoes(established, "with another authority");
        }
    }

    private long watches() {
        return api.requests().stream().filter(line -> line.startsWith("watch")).count();
    }

    private void start(Optional<SSLContext> tls) {
        api = new FakeApiServer(tls);
        put("services", Manifests.service("web", CLUSTER_IP, web.port()));
        put("endpointslices", Manifests.slice("web", "web-1", podA.address()));
    }

    private Path kubeconfig(String user) throws IOException {
        return write("kubeconfig", """
                apiVersion: v1
                kind: Config
                clusters: [{name: c, cluster: {server: "%s"%s}}]
                users: [{name: u, user: {%s}}]
                contexts: [{name: x, context: {cluster: c, user: u}}]
                current-context: x
                """.formatted(
                        api.url(), api.url().startsWith("https") ? ", certificate-authority: ca.pem" : "", user));
    }

    private Path write(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content);
    }

    private Socket connected() throws Exception {
        web.awaitServed();
        Socket socket = web.connect();
        assertThat((char) socket.getInputStream().read()).isEqualTo('a');
        assertEchoes(socket, "hello");
        return socket;
    }

    private void assertAnswers(String pod) throws IOException {
        for (int i = 0; i < 4; i++) {
            assertThat(answer()).isEqualTo(pod);
        }
    }

    private String answer() throws IOException {
        try (Socket socket = web.connect()) {
            return String.valueOf((char) socket.getInputStream().read());
        }
    }

    private static void assertEchoes(Socket socket, String words) throws IOException {
        byte[] bytes = words.getBytes(StandardCharsets.UTF_8);
        socket.getOutputStream().write(bytes);
        assertThat(socket.getInputStream().readNBytes(bytes.length)).isEqualTo(bytes);
    }

    private void put(String resource, String manifest) {
        api.put(resource, Serialization.unmarshal(manifest, HasMetadata.class));
    }

    /** Says its name, then sends back what it gets. */
    private static TestEndpoint pod(String name) {
        return new TestEndpoint(HostAddress.FIRST.orElseThrow(), socket -> {
            socket.getOutputStream().write(name.getBytes(StandardCharsets.UTF_8));
            socket.getInputStream().transferTo(socket.getOutputStream());
        });
    }
}
