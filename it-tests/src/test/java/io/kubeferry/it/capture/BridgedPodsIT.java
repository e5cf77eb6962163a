package io.kubeferry.it.capture;

import static io.kubeferry.it.capture.SampleServices.EMPTY;
import static io.kubeferry.it.capture.SampleServices.INSIDE;
import static io.kubeferry.it.capture.SampleServices.LOCAL;
import static io.kubeferry.it.capture.SampleServices.WEB;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.testing.Await;
import io.kubeferry.it.process.RunningCommand;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Pods behind a bridge reach Services whatever br_netfilter does, which shows what passes a bridge to the chains of IP
 * before it comes up, and not again then.
 */
class BridgedPodsIT extends OnOneNetwork {
    private static final String REFUSED = "refused";

    /** Where br_netfilter is on. */
    enum BridgeFilter {
        /** For no bridge. */
        OFF,
        /** For every bridge. */
        ALL,
        /** For the pods' bridge, by a switch of its own. */
        ONE;

        void apply(Machine node) throws Exception {
            ClusterNetwork.setBridgeFilter(node, this == ALL);
            String value = this == ONE ? "1" : "0";
            node.namespace().ip("link set cni0 type bridge nf_call_iptables " + value + " nf_call_ip6tables " + value);
        }
    }

    @BeforeEach
    void start() throws Exception {
        Requires.bridgeFilter();
        SampleServices.writeAll(manifests, cluster);
    }

    @ParameterizedTest
    @EnumSource
    void everyKindOfAddressIsServedRefusedOrSilentAsForOtherPods(BridgeFilter filter) throws Exception {
        filter.apply(cluster.n3());
        agent = NodeAgent.start(cluster.n3(), manifests).awaitReady();
        for (Family family : Family.values()) {
            String node = cluster.n3().address(family);
            for (Machine pod : List.of(cluster.p3a(), cluster.p3b())) {
                assertReachesAllPods(pod, WEB.clusterIp(family), 80, family);
                assertReachesAllPods(pod, WEB.externalIp(family), 80, family);
                assertReachesAllPods(pod, WEB.virtualIp(family), 80, family);
                assertReachesAllPods(pod, node, WEB.nodePort(), family);
                assertThat(pod.ask(EMPTY.clusterIp(family), 80)).isEqualTo(REFUSED);
                assertThat(pod.ask(node, EMPTY.nodePort())).isEqualTo(REFUSED);
                assertThat(pod.ask(WEB.clusterIp(family), 81)).isEqualTo(REFUSED);
                assertThat(pod.ask(INSIDE.clusterIp(family), 80)).isEqualTo("no answer");
                assertThat(pod.ask(node, LOCAL.nodePort())).startsWith("p1a ");
            }
            assertThat(cluster.client().ask(node, LOCAL.nodePort())).isEqualTo("no answer");
            assertReachesAllPods(cluster.client(), node, WEB.nodePort(), family);
            assertThat(cluster.p3b().ask(cluster.p3a().address(family), ClusterNetwork.POD_PORT))
                    .as("without a Service")
                    .isEqualTo("p3a " + cluster.p3b().address(family));
        }
    }

    @Test
    void connectionsGoOnAndNewOnesAreServedWhileItIsSwitchedOnAndOff() throws Exception {
        BridgeFilter.OFF.apply(cluster.n3());
        agent = NodeAgent.start(cluster.n3(), manifests).awaitReady();
        try (Machine.Connection before = cluster.p3b().connect(WEB.clusterIp(Family.IPV4), 80);
                Machine.Connection before6 = cluster.p3b().connect(WEB.clusterIp(Family.IPV6), 80);
                Machine.Connection next = cluster.p3b().connect(WEB.clusterIp(Family.IPV4), 80);
                Machine.Connection next6 = cluster.p3b().connect(WEB.clusterIp(Family.IPV6), 80)) {
            BridgeFilter.ALL.apply(cluster.n3());
            try (Machine.Connection during = cluster.p3b().connect(WEB.clusterIp(Family.IPV4), 80);
                    Machine.Connection during6 = cluster.p3b().connect(WEB.clusterIp(Family.IPV6), 80)) {
                List<Machine.Connection> all = List.of(before, before6, next, next6, during, during6);
                assertAllEcho(all, "it is on");
                BridgeFilter.OFF.apply(cluster.n3());
                assertAllEcho(all, "it is off again");
                assertReachesAllPods(cluster.p3b(), WEB.clusterIp(Family.IPV4), 80, Family.IPV4);
            }
        }
    }

    @Test
    void aBridgeThatComesWhenServicesAreServedAlready() throws Exception {
        WEB.write(manifests, List.of(cluster.p2a()));
        agent = NodeAgent.start(cluster.n2(), manifests).awaitReady();
        Machine pod = cluster.podBehindNewBridge("p2b", cluster.n2());
        for (Family family : Family.values()) {
            String expected = "p2a " + pod.address(family);
            Await.until(() -> pod.ask(WEB.clusterIp(family), 80).equals(expected));
        }
    }

    @Test
    void theNextProcessServesThemToo() throws Exception {
        BridgeFilter.ALL.apply(cluster.n3());
        agent = NodeAgent.start(cluster.n3(), manifests, "--overlap").awaitReady();
        try (Machine.Connection old = cluster.p3b().connect(WEB.clusterIp(Family.IPV4), 80);
                NodeAgent second = NodeAgent.start(cluster.n3(), manifests, "--overlap")) {
            second.awaitReady();
            for (Family family : Family.values()) {
                assertReachesAllPods(cluster.p3b(), WEB.clusterIp(family), 80, family);
            }
            assertThat(old.echoes("still here")).isTrue();
            NetworkNamespace node = cluster.n3().namespace();
            String serve = node.run("nft", "list", "chain", "inet", "kubeferry", "serve4");
            String listener = serve.replaceAll("(?s).*(tproxy ip to \\S+) .*", "$1 ");
            String passedUp = node.run("nft", "list", "table", "inet", "kubeferry_passed_up");
            assertThat(passedUp).as("what steers to the second process").contains(listener);
            assertThat(passedUp.lines().filter(line -> line.contains("chain "))).hasSize(1);
        }
    }

    @Test
    void whatOthersRemoveIsPutBackAndCleanupRemovesIt() throws Exception {
        BridgeFilter.ALL.apply(cluster.n3());
        NetworkNamespace node = cluster.n3().namespace();
        String before = node.run("nft", "list", "ruleset");
        agent = NodeAgent.start(cluster.n3(), manifests).awaitReady();
        node.run("nft", "delete", "table", "inet", "kubeferry_passed_up");
        Await.until(() -> cluster.p3b().ask(WEB.clusterIp(Family.IPV4), 80).startsWith("p"));
        assertThat(agent.metric("kubeferry_capture_repairs_total")).isPositive();

        agent.close();
        try (RunningCommand cleanup = RunningCommand.startInside(node.inside(), Map.of(), List.of("cleanup"))) {
            assertThat(cleanup.exitCode()).isZero();
            assertThat(cleanup.output()).contains("removed: table inet kubeferry_passed_up");
        }
        assertThat(node.run("nft", "list", "ruleset")).isEqualTo(before);
    }

    private static void assertAllEcho(List<Machine.Connection> connections, String when) {
        for (Machine.Connection connection : connections) {
            assertThat(connection.echoes(when)).as("%s: %s", when, connection).isTrue();
        }
    }

    /** Round robin: three connections reach three pods. A cluster IP shows them who is calling, but for themselves. */
    private static void assertReachesAllPods(Machine from, String address, int port, Family family) throws Exception {
        Map<String, String> sources = new HashMap<>();
        for (int turn = 0; turn < 3; turn++) {
            String[] answer = from.ask(address, port).split(" ", 2);
            sources.put(answer[0], answer[answer.length - 1]);
        }
        assertThat(sources).as("%s asks %s port %d", from.name(), address, port).containsOnlyKeys("p1a", "p2a", "p3a");
        if (address.equals(WEB.clusterIp(family))) {
            sources.remove(from.name());
            assertThat(sources.values()).containsOnly(from.address(family));
        }
    }
}
