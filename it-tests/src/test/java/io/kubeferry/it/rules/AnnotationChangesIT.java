package io.kubeferry.it.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.testing.Await;
import io.kubeferry.core.testing.FreePorts;
import io.kubeferry.core.testing.TestEndpoint;
import io.kubeferry.it.process.Manifests;
import io.kubeferry.it.process.RunningAgent;
import io.kubeferry.it.process.ServicePlace;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Annotations that come, change and go while clients are at work. */
class AnnotationChangesIT {
    private static final String CLUSTER_IP = "10.47.18.10";
    private static final int CLIENTS = 8;
    private static final int CONNECTIONS_UNDER_EACH = 100;

    @TempDir
    private Path folder;

    private int port;
    private ServicePlace web;
    private final AtomicBoolean loading = new AtomicBoolean(true);
    private final AtomicLong served = new AtomicLong();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private TestEndpoint one;
    private TestEndpoint two;
    private RunningAgent agent;

    @BeforeEach
    void start() throws Exception {
        port = FreePorts.next();
        web = ServicePlace.ofClusterIp(CLUSTER_IP, port);
        one = new TestEndpoint(AnnotationChangesIT::echo);
        two = new TestEndpoint(AnnotationChangesIT::echo);
        write();
        agent = RunningAgent.onManifests(folder);
        web.awaitServed();
    }

    @AfterEach
    void stop() throws Exception {
        agent.close();
        one.close();
        two.close();
    }

    @Test
    void noChangeOfAnyAnnotationCostsAConnectionUnderLoad() throws Exception {
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
                Socket fromTheStart = web.connect()) {
            assertThat(exchange(fromTheStart, "first")).isEqualTo("first");
            for (int i = 0; i < CLIENTS; i++) {
                clients.execute(this::load);
            }
            try {
                change("balance: least-connections");
                change("balance: random");
                change("balance: round-robin", "set-aside: off");
                change("proxy-protocol: v1");
                change("proxy-protocol: v2", "balance: least-connections");
                change("connect-timeout: 50ms", "idle-timeout: 1s");
                change("max-connections: 1000", "on-endpoint-removal: reset");
                change("on-endpoint-removal: drain=1s");
                change("balance: often", "proxy-protocol: v3", "max-connections: many", "nonsense: yes");
                change();
            } finally {
                loading.set(false);
            }
            assertThat(exchange(fromTheStart, "last")).isEqualTo("last");
        }
        assertThat(failures).isEmpty();
        assertThat(agent.metrics())
                .doesNotContain("kubeferry_connection_failures_total{")
                .contains("kubeferry_connections_total{");
    }

    /** Changes the annotations and lets clients connect for a while under the new ones. */
    private void change(String... annotations) throws Exception {
        double changes = agent.metric("kubeproxy_sync_proxy_rules_service_changes_total");
        write(annotations);
        Await.until(() -> agent.metric("kubeproxy_sync_proxy_rules_service_changes_total") > changes);
        long before = served.get();
        Await.until(() -> served.get() - before >= CONNECTIONS_UNDER_EACH || !failures.isEmpty());
    }

    private void load() {
        while (loading.get()) {
            try (Socket client = web.connect()) {
                String word = "word " + served.incrementAndGet();
                if (!exchange(client, word).equals(word)) {
                    failures.add(new AssertionError(word + " was not echoed"));
                }
            } catch (IOException | RuntimeException failed) {
                failures.add(failed);
                return;
            }
        }
    }

    private static String exchange(Socket client, String word) throws IOException {
        client.getOutputStream().write(word.getBytes(StandardCharsets.US_ASCII));
        return new String(client.getInputStream().readNBytes(word.length()), StandardCharsets.US_ASCII);
    }

    private void write(String... annotations) throws IOException {
        String service = Manifests.service("web", CLUSTER_IP, port);
        Path draft = folder.resolve("draft");
        Files.writeString(
                draft,
                Manifests.file(
                        annotations.length == 0 ? service : Manifests.annotated(service, annotations),
                        Manifests.slice("web", "web-1", one.address()),
                        Manifests.slice("web", "web-2", two.address())));
        Files.move(
                draft, folder.resolve("web.yaml"), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Sends everything back but a PROXY protocol header, which may come first. */
    private static void echo(Socket socket) throws IOException {
        InputStream input = socket.getInputStream();
        int first = input.read();
        if (first == 'P') {
            while (input.read() != '\n') {
                // The rest of the line.
            }
        } else if (first == '\r') {
            input.readNBytes(27);
        } else if (first >= 0) {
            socket.getOutputStream().write(first);
        }
        input.transferTo(socket.getOutputStream());
    }
}
