package io.kubeferry.it.capture;

import static io.kubeferry.it.capture.SampleServices.LOCAL;
import static io.kubeferry.it.capture.SampleServices.WEB;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.testing.Await;
import io.kubeferry.it.process.RunningCommand;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One process takes over from another, again and again, while clients connect: none of them notices. */
class OverlapIT {
    private static final int REPLACEMENTS = 10;
    private static final int PER_SECOND_AND_CLIENT = 60;
    private static final int BEFORE_EACH = 300;
    private static final String LONG_WORD = "abcdefghijklmnopqrstuvwxyz".repeat(4_000);

    @TempDir
    private Path folder;

    private final Load load = new Load(PER_SECOND_AND_CLIENT);
    private Path manifests;
    private @Nullable RunningCommand agent;
    private int readyFiles;

    @BeforeAll
    static void needRoot() {
        Requires.rootAndTools();
    }

    @BeforeEach
    void makeFolder() throws Exception {
        manifests = Files.createDirectory(folder.resolve("manifests"));
    }

    @AfterEach
    void stop() throws Exception {
        load.close();
        if (agent != null) {
            agent.close();
        }
    }

    @Test
    void noConnectionToCapturedAddressesFailsWhileTenProcessesTakeOver() throws Exception {
        try (ClusterNetwork cluster = new ClusterNetwork()) {
            WEB.write(manifests, List.of(cluster.p1a(), cluster.p2a(), cluster.p3a()));
            LOCAL.write(manifests, List.of(cluster.p1a()));
            takeOver(ready -> NodeAgent.start(
                            cluster.n1(), manifests, "--overlap", "--ready-file=" + ready, "--drain-timeout=20s")
                    .command());
            for (Family family : Family.values()) {
                String node = cluster.n1().address(family);
                load.add(cluster.p1b(), WEB.clusterIp(family), 80);
                load.add(cluster.n1(), WEB.clusterIp(family), 80);
                load.add(cluster.client(), node, WEB.nodePort());
                load.add(cluster.client(), node, LOCAL.nodePort());
            }
            for (int i = 0; i < REPLACEMENTS; i++) {
                awaitServed();
                RunningCommand former = Objects.requireNonNull(agent);
                try (Machine.Connection across =
                        cluster.client().connect(cluster.n1().address(Family.IPV4), LOCAL.nodePort())) {
                    takeOver(ready -> NodeAgent.start(
                                    cluster.n1(),
                                    manifests,
                                    "--overlap",
                                    "--ready-file=" + ready,
                                    "--drain-timeout=20s")
                            .command());
                    former.signal("TERM");
                    former.awaitOutput("stopped accepting");
                    assertThat(across.echoes(LONG_WORD)).isTrue();
                }
                assertThat(former.exitCode()).as(former.output()).isZero();
                former.close();
            }
            awaitServed();
            load.close();
            assertThat(load.failures()).isEmpty();
        }
    }

    @Test
    void noConnectionToLoopbackAddressesFailsWhileTenProcessesTakeOver() throws Exception {
        NetworkNamespace namespace = NetworkNamespace.create(
                "kubeferry-it-" + ProcessHandle.current().pid() + "-alone");
        try (Machine alone = new Machine("alone", "127.0.0.1", "::1", namespace)) {
            // What waits in the queue of a listener that closes goes to the one that is left.
            namespace.run("sysctl", "-qw", "net.ipv4.tcp_migrate_req=1");
            alone.serve(ClusterNetwork.POD_PORT);
            Files.writeString(
                    manifests.resolve("web.yaml"),
                    CaptureManifests.service(
                                    "web", "10.96.0.10", "fd96::10", "type: NodePort", CaptureManifests.port(30_080))
                            + CaptureManifests.slices("web", List.of(alone)));
            takeOver(ready -> onLoopback(namespace, ready));
            for (int client = 0; client < 4; client++) {
                load.add(alone, "127.96.0.10", 80);
                load.add(alone, "127.0.0.1", 30_080);
            }
            for (int i = 0; i < REPLACEMENTS; i++) {
                awaitServed();
                RunningCommand former = Objects.requireNonNull(agent);
                takeOver(ready -> onLoopback(namespace, ready));
                former.signal("TERM");
                assertThat(former.exitCode()).as(former.output()).isZero();
                former.close();
            }
            awaitServed();
            load.close();
            assertThat(load.failures()).isEmpty();
        }
    }

    @FunctionalInterface
    private interface Start {
        RunningCommand with(Path readyFile) throws Exception;
    }

    /** Starts one more process, and returns when it is ready. */
    private void takeOver(Start start) throws Exception {
        Path ready = folder.resolve("ready-" + readyFiles++);
        RunningCommand next = start.with(ready);
        agent = next;
        Await.until(() -> Files.exists(ready) || !next.isAlive());
        assertThat(ready).as(next.output()).exists();
    }

    private void awaitServed() throws Exception {
        long before = load.served();
        Await.until(
                () -> load.served() - before >= BEFORE_EACH || !load.failures().isEmpty());
        assertThat(load.failures()).isEmpty();
    }

    private RunningCommand onLoopback(NetworkNamespace namespace, Path ready) throws Exception {
        return RunningCommand.startInside(
                namespace.inside(),
                Map.of(),
                List.of(
                        "run",
                        "--addresses=loopback",
                        "--manifests=" + manifests,
                        "--hostname-override=alone",
                        "--overlap",
                        "--ready-file=" + ready,
                        "--drain-timeout=20s",
                        "--min-sync-period=50ms"));
    }
}
