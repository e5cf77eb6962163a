package io.kubeferry.it.capture;

import static io.kubeferry.it.capture.SampleServices.EMPTY;
import static io.kubeferry.it.capture.SampleServices.INSIDE;
import static io.kubeferry.it.capture.SampleServices.LOCAL;
import static io.kubeferry.it.capture.SampleServices.RANGES;
import static io.kubeferry.it.capture.SampleServices.WEB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kubeferry.core.testing.Await;
import io.kubeferry.it.process.RunningCommand;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * On a node with kube-proxy's rules, Services that bear this proxy's name are served here, and the others by those rules as
 * if nobody else were there.
 */
@ParameterizedClass
@EnumSource(KubeProxyRules.class)
class BesideKubeProxyIT {
    private static final String NO_ANSWER = "no answer";
    private static final String REFUSED = "refused";

    /** Of each client that opens one after the other. */
    private static final int CONNECTIONS_PER_SECOND = 200;

    private static ClusterNetwork cluster;
    private static NodeAgent agent;
    private static String written;

    @TempDir
    private static Path manifests;

    private final KubeProxyRules rules;

    BesideKubeProxyIT(KubeProxyRules rules) {
        this.rules = rules;
    }

    @BeforeAll
    static void start() throws Exception {
        Requires.rootAndTools();
        cluster = new ClusterNetwork();
        SampleServices.writeAll(manifests, cluster);
        nameProxyOfAll(manifests);
        for (Family family : Family.values()) {
            for (SampleServices service : SampleServices.values()) {
                cluster.routeClientTo(service.externalIp(family), cluster.n1(), family);
                cluster.routeClientTo(service.virtualIp(family), cluster.n1(), family);
            }
        }
    }

    @BeforeParameterizedClassInvocation
    static void write(KubeProxyRules rules) throws Exception {
        boolean possible = rules.isPossible(cluster.n1());
        if (System.getenv("CI") != null && rules != KubeProxyRules.IPTABLES_LEGACY) {
            assertThat(possible).as("%s in CI", rules).isTrue();
        }
        assumeTrue(possible, () -> "needs a machine that can have rules of the kind " + rules);
        writeOther(false);
        rules.apply(cluster.n1(), cluster.p2a());
        written = rules.show(cluster.n1());
        agent = startAgent();
    }

    @AfterParameterizedClassInvocation
    static void remove(KubeProxyRules rules) throws Exception {
        NodeAgent.closeAll(agent);
        if (agent != null) {
            cleanup();
            rules.remove(cluster.n1());
        }
        agent = null;
    }

    @AfterAll
    static void stop() throws Exception {
        if (cluster != null) {
            cluster.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void namedServiceReachesEachOfItsPodsFromPodsTheNodeAndOutside(Family family) throws Exception {
        for (Machine inside : List.of(cluster.p1a(), cluster.p1b(), cluster.n1())) {
            assertReachesAllPods(inside, WEB.clusterIp(family), 80);
            assertReachesAllPods(inside, WEB.externalIp(family), 80);
            assertReachesAllPods(inside, WEB.virtualIp(family), 80);
            assertReachesAllPods(inside, cluster.n1().address(family), WEB.nodePort());
        }
        assertReachesAllPods(cluster.client(), WEB.externalIp(family), 80);
        assertReachesAllPods(cluster.client(), WEB.virtualIp(family), 80);
        assertReachesAllPods(cluster.client(), cluster.n1().address(family), WEB.nodePort());
    }

    @ParameterizedTest
    @EnumSource
    void podsOfANamedServiceSeeWhoIsCalling(Family family) throws Exception {
        assertThat(cluster.p1b().ask(INSIDE.clusterIp(family), 80))
                .isEqualTo("p1a " + cluster.p1b().address(family));
        assertThat(cluster.client().ask(cluster.n1().address(family), LOCAL.nodePort()))
                .isEqualTo("p1a " + cluster.client().address(family));
        assertThat(cluster.client().ask(LOCAL.virtualIp(family), 80))
                .isEqualTo("p1a " + cluster.client().address(family));
    }

    @ParameterizedTest
    @EnumSource
    void whatANamedServiceRefusesOrDropsIsRefusedAndDropped(Family family) throws Exception {
        for (Machine inside : List.of(cluster.p1a(), cluster.n1())) {
            assertThat(inside.ask(EMPTY.clusterIp(family), 80)).isEqualTo(REFUSED);
            assertThat(inside.ask(EMPTY.externalIp(family), 80)).isEqualTo(REFUSED);
            assertThat(inside.ask(cluster.n1().address(family), EMPTY.nodePort()))
                    .isEqualTo(REFUSED);
            assertThat(inside.ask(WEB.clusterIp(family), 81))
                    .as("another port of its cluster IP")
                    .isEqualTo(REFUSED);
        }
        assertThat(cluster.client().ask(EMPTY.virtualIp(family), 80)).isEqualTo(REFUSED);
        assertThat(cluster.client().ask(RANGES.virtualIp(family), 80)).isEqualTo(NO_ANSWER);
    }

    @ParameterizedTest
    @EnumSource
    void anotherServiceStillGoesThroughKubeProxysRules(Family family) throws Exception {
        String other = KubeProxyRules.clusterIp(family);
        String node = cluster.n1().address(family);
        assertThat(cluster.p1a().ask(other, 80))
                .isEqualTo("p2a " + cluster.p1a().address(family));
        assertThat(cluster.n1().ask(other, 80)).isEqualTo("p2a " + node);
        assertThat(cluster.client().ask(node, KubeProxyRules.NODE_PORT)).isEqualTo("p2a " + node);
        assertThat(cluster.p1a().ask(node, KubeProxyRules.NODE_PORT)).isEqualTo("p2a " + node);
        assertThat(cluster.n1().ask(node, KubeProxyRules.NODE_PORT)).isEqualTo("p2a " + node);
        assertThat(captured(family))
                .as("what is captured here")
                .contains(WEB.clusterIp(family) + " . 80")
                .doesNotContain(other + " . 80", " . " + KubeProxyRules.NODE_PORT);
    }

    @ParameterizedTest
    @EnumSource
    void whatKubeProxyRefusesOrDropsIsRefusedAndDropped(Family family) throws Exception {
        for (Machine inside : List.of(cluster.p1a(), cluster.n1())) {
            assertThat(inside.ask(KubeProxyRules.emptyClusterIp(family), 80)).isEqualTo(REFUSED);
            if (rules.judgesAllClusterIps()) {
                assertThat(inside.ask(KubeProxyRules.clusterIp(family), 81))
                        .as("another port of its cluster IP")
                        .isEqualTo(REFUSED);
                assertThat(inside.ask(family == Family.IPV4 ? "10.96.0.200" : "fd96::c8", 80))
                        .as("an address of no Service")
                        .isEqualTo(NO_ANSWER);
            }
        }
    }

    @Test
    void kubeProxysRulesStandAsTheyWereBeforeThisProxyCameWhileItServesAndAfterCleanup() throws Exception {
        assertThat(rules.show(cluster.n1())).as("while it serves").isEqualTo(written);
        agent.close();
        cleanup();
        assertThat(rules.show(cluster.n1())).as("after cleanup").isEqualTo(written);
        assertThat(cluster.p1a().ask(KubeProxyRules.clusterIp(Family.IPV4), 80)).startsWith("p2a");
        agent = startAgent();
    }

    @Test
    void aServiceChangesHandsWithoutHarmToConnectionsOfEither() throws Exception {
        String node = cluster.n1().address(Family.IPV4);
        try (Machine.Connection ofPod = cluster.p1a().connect(KubeProxyRules.clusterIp(Family.IPV4), 80);
                Machine.Connection ofPod6 = cluster.p1a().connect(KubeProxyRules.clusterIp(Family.IPV6), 80);
                Machine.Connection ofNode = cluster.n1().connect(KubeProxyRules.clusterIp(Family.IPV4), 80);
                Machine.Connection ofNode6 = cluster.n1().connect(KubeProxyRules.clusterIp(Family.IPV6), 80);
                Machine.Connection ofNodeToPort = cluster.n1().connect(node, KubeProxyRules.NODE_PORT);
                Machine.Connection ofClient = cluster.client().connect(node, KubeProxyRules.NODE_PORT)) {
            List<Machine.Connection> throughKubeProxy = List.of(ofPod, ofPod6, ofNode, ofNode6, ofNodeToPort, ofClient);
            writeOther(true);
            Await.until(() -> capturesOther());
            assertAllEcho(throughKubeProxy, "after the hand-over from kube-proxy");
            handBackWhileConnectionsAreOpen(node);
            assertAllEcho(throughKubeProxy, "after the hand-over to kube-proxy");
        }
    }

    @Test
    void newConnectionsAreServedWhileAServiceChangesHands() throws Exception {
        Load load = new Load(CONNECTIONS_PER_SECOND);
        try (load) {
            load.add(cluster.p1b(), KubeProxyRules.clusterIp(Family.IPV4), 80);
            load.add(cluster.p1b(), KubeProxyRules.clusterIp(Family.IPV6), 80);
            for (int time = 0; time < 3; time++) {
                writeOther(true);
                Await.until(() -> capturesOther());
                load.awaitServed(CONNECTIONS_PER_SECOND);
                writeOther(false);
                Await.until(() -> !capturesOther());
                load.awaitServed(CONNECTIONS_PER_SECOND);
            }
        }
        assertThat(load.failures()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void aConnectionThatKubeProxyHasBegunIsItsOwnThoughItsFirstPacketIsRepeated(Family family) throws Exception {
        NetworkNamespace pod = cluster.p2a().namespace();
        pod.run(
                "nft",
                "add table inet deaf { chain input { type filter hook input priority 0; tcp dport 8080 drop; }; }");
        CompletableFuture<Machine.Connection> connecting = new CompletableFuture<>();
        Thread.ofPlatform().daemon().start(() -> {
            try {
                connecting.complete(cluster.p1b().connect(KubeProxyRules.clusterIp(family), 80));
            } catch (Exception failure) {
                connecting.completeExceptionally(failure);
            }
        });
        Await.until(() -> !cluster.p1b()
                .namespace()
                .run("ss", "-Htn", "state", "syn-sent")
                .isEmpty());
        writeOther(true);
        Await.until(() -> capturesOther());
        pod.run("nft", "delete table inet deaf");

        try (Machine.Connection throughKubeProxy = connecting.get()) {
            assertThat(throughKubeProxy.echoes("through kube-proxy")).isTrue();
        } finally {
            writeOther(false);
            Await.until(() -> !capturesOther());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aConnectionOfTheNodeWithThePortsOfOneThroughKubeProxyIsServedHere(Family family) throws Exception {
        int ownPort = 20_000;
        String other = KubeProxyRules.clusterIp(family);
        Machine.Connection throughKubeProxy = cluster.n1().connectFrom(ownPort, other, 80);
        writeOther(true);
        Await.until(() -> capturesOther());
        double before = connectionsToOther();
        assertThat(throughKubeProxy.echoes("still through kube-proxy")).isTrue();
        throughKubeProxy.abort();
        try (Machine.Connection next = cluster.n1().connectFrom(ownPort, other, 80)) {
            assertThat(next.echoes("here")).isTrue();
        }
        assertThat(connectionsToOther() - before).isEqualTo(1);
        writeOther(false);
        Await.until(() -> !capturesOther());
    }

    /** kube-proxy's rules for the Service stand all the time, as they would if it were late. */
    private static void handBackWhileConnectionsAreOpen(String node) throws Exception {
        double before = connectionsToOther();
        try (Machine.Connection ofPod = cluster.p1a().connect(KubeProxyRules.clusterIp(Family.IPV4), 80);
                Machine.Connection ofPod6 = cluster.p1a().connect(KubeProxyRules.clusterIp(Family.IPV6), 80);
                Machine.Connection ofNode = cluster.n1().connect(KubeProxyRules.clusterIp(Family.IPV4), 80);
                Machine.Connection ofNode6 = cluster.n1().connect(KubeProxyRules.clusterIp(Family.IPV6), 80);
                Machine.Connection ofClient = cluster.client().connect(node, KubeProxyRules.NODE_PORT)) {
            List<Machine.Connection> captured = List.of(ofPod, ofPod6, ofNode, ofNode6, ofClient);
            assertThat(connectionsToOther() - before).isEqualTo(captured.size());
            writeOther(false);
            Await.until(() -> !capturesOther());
            assertAllEcho(captured, "after the hand-over to kube-proxy");
            for (Family family : Family.values()) {
                for (Machine from : List.of(cluster.n1(), cluster.p1a())) {
                    assertThat(from.ask(KubeProxyRules.clusterIp(family), 80))
                            .as("new connection of %s", from.name())
                            .isEqualTo("p2a " + from.address(family));
                }
            }
            takeAgainWhileConnectionsOfBothAreOpen(captured);
        }
    }

    private static void takeAgainWhileConnectionsOfBothAreOpen(List<Machine.Connection> captured) throws Exception {
        try (Machine.Connection since = cluster.n1().connect(KubeProxyRules.clusterIp(Family.IPV4), 80);
                Machine.Connection since6 = cluster.n1().connect(KubeProxyRules.clusterIp(Family.IPV6), 80)) {
            writeOther(true);
            Await.until(() -> capturesOther());
            assertAllEcho(captured, "after the Service came back");
            assertAllEcho(List.of(since, since6), "after the Service came back, through kube-proxy");
            writeOther(false);
            Await.until(() -> !capturesOther());
        }
    }

    private static double connectionsToOther() throws Exception {
        return agent.metric("kubeferry_connections_total", "service=\"other\"");
    }

    private static boolean capturesOther() throws Exception {
        return captured(Family.IPV6).contains(KubeProxyRules.clusterIp(Family.IPV6) + " . 80");
    }

    private static String captured(Family family) throws Exception {
        String set = family == Family.IPV4 ? "captured4" : "captured6";
        return cluster.n1().namespace().run("nft", "list", "set", "inet", "kubeferry", set);
    }

    private static void assertAllEcho(List<Machine.Connection> connections, String when) {
        for (Machine.Connection connection : connections) {
            assertThat(connection.echoes(when)).as("%s: %s", when, connection).isTrue();
        }
    }

    private static NodeAgent startAgent() throws Exception {
        return NodeAgent.start(cluster.n1(), manifests, "--service-proxy-name=kubeferry")
                .awaitReady();
    }

    private static void cleanup() throws Exception {
        try (RunningCommand command =
                RunningCommand.startInside(cluster.n1().namespace().inside(), Map.of(), List.of("cleanup"))) {
            assertThat(command.exitCode()).as(command.output()).isZero();
        }
    }

    /** Round robin: as many connections as there are pods reach each of them. */
    private static void assertReachesAllPods(Machine from, String address, int port) throws Exception {
        Set<String> pods = new TreeSet<>();
        for (int turn = 0; turn < 3; turn++) {
            pods.add(from.ask(address, port).split(" ", 2)[0]);
        }
        assertThat(pods).as("%s asks %s port %d", from.name(), address, port).containsExactly("p1a", "p2a", "p3a");
    }

    /** The Service that kube-proxy's rules are for. */
    private static void writeOther(boolean named) throws IOException {
        String service = CaptureManifests.service(
                "other",
                KubeProxyRules.clusterIp(Family.IPV4),
                KubeProxyRules.clusterIp(Family.IPV6),
                "type: NodePort",
                CaptureManifests.port(KubeProxyRules.NODE_PORT));
        Path draft = manifests.resolve("other.draft");
        Files.writeString(
                draft,
                (named ? withName(service) : service) + CaptureManifests.slices("other", List.of(cluster.p2a())));
        Files.move(draft, manifests.resolve("other.yaml"), StandardCopyOption.ATOMIC_MOVE);
    }

    private static void nameProxyOfAll(Path folder) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.yaml")) {
            for (Path file : files) {
                Files.writeString(file, withName(Files.readString(file)));
            }
        }
    }

    private static String withName(String service) {
        return service.replace(
                "namespace: it}", "namespace: it, labels: {service.kubernetes.io/service-proxy-name: kubeferry}}");
    }
}
