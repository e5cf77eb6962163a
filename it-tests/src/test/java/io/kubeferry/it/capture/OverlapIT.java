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
    /** Of eight clients: more than 500 a second together, for a minute. */
    private static final int PER_SECOND_AND_CLIENT = 65;

    private static final int SERVED_BETWEEN = 30_000 / REPLACEMENTS;

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
                // The only endpoint sees who is calling, whichever process carries the connection.
                load.add(
                        cluster.client(),
                        node,
                        LOCAL.nodePort(),
                        "p1a " + cluster.client().address(family));
            }
            for (int i = 0; i < REPLACEMENTS; i++) {
                awaitServed(i * SERVED_BETWEEN);
                RunningCommand former = Objects.requireNonNull(agent);
                try (LongTransfer fromOutside = new LongTransfer(
                                cluster.client(), cluster.n1().address(Family.IPV4), LOCAL.nodePort());
                        LongTransfer overIpv6 =
                                new LongTransfer(cluster.client(), cluster.n1().address(Family.IPV6), WEB.nodePort());
                        LongTransfer fromPod = new LongTransfer(cluster.p1b(), WEB.clusterIp(Family.IPV4), 80)) {
                    takeOver(ready -> NodeAgent.start(
                                    cluster.n1(),
                                    manifests,
                                    "--overlap",
                                    "--ready-file=" + ready,
                                    "--drain-timeout=20s")
                            .command());
                    former.signal("TERM");
                    former.awaitOutput("stopped accepting");
                    fromOutside.assertComplete();
                    overIpv6.assertComplete();
                    fromPod.assertComplete();
                }
                assertThat(former.exitCode()).as(former.output()).isZero();
                former.close();
            }
            awaitServed(REPLACEMENTS * SERVED_BETWEEN);
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
                awaitServed(i * SERVED_BETWEEN);
                RunningCommand former = Objects.requireNonNull(agent);
                try (LongTransfer across = new LongTransfer(alone, "127.96.0.10", 80)) {
                    takeOver(ready -> onLoopback(namespace, ready));
                    former.signal("TERM");
                    former.awaitOutput("stopped accepting");
                    across.assertComplete();
                }
                assertThat(former.exitCode()).as(former.output()).isZero();
                former.close();
            }
            awaitServed(REPLACEMENTS * SERVED_BETWEEN);
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

    /** Returns when {@code connections} of the load were answered. */
    private void awaitServed(int connections) throws Exception {
        Await.until(() -> load.served() >= connections || !load.failures().isEmpty());
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
