package io.kubeferry.it.capture;

import static io.kubeferry.it.capture.SampleServices.LOCAL;
import static io.kubeferry.it.capture.SampleServices.WEB;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.testing.Await;
import io.kubeferry.it.process.RunningCommand;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What capturing leaves on a node, what survives, and what is put back. */
class HostStateIT extends OnOneNetwork {
    private static final String TAKEN_BACK = "the other kubeferry has gone; this one captures";

    @Test
    void cleanupLeavesTheNodeAsItWasWithEverythingOfOthers() throws Exception {
        NetworkNamespace node = cluster.n1().namespace();
        node.runWithInput("""
                table inet others {
                  set served { type ipv4_addr; elements = { 10.96.0.10 } }
                  chain input { type filter hook input priority 0; policy accept; }
                }
                """, "nft", "-f", "-");
        node.ip("rule add pref 90 fwmark 0x4/0x4 lookup 100", "route add 10.96.0.99 dev lo");
        String before = state(node);

        WEB.write(manifests, List.of(cluster.p1a(), cluster.p2a()));
        agent = NodeAgent.start(cluster.n1(), manifests).awaitReady();
        assertThat(state(node)).isNotEqualTo(before);
        agent.close();
        assertThat(state(node)).as("a process that ends leaves all").contains("table inet kubeferry");

        RunningCommand.Ended cleanup = cleanup();
        assertThat(cleanup.exitCode()).as(cleanup.output()).isZero();
        assertThat(cleanup.output()).contains("removed: table inet kubeferry", "removed: IPv4 rule");
        assertThat(state(node)).isEqualTo(before);
        assertThat(cleanup().output()).contains("nothing of kubeferry is on this host");
    }

    @Test
    void aProcessThatIsKilledAndStartedAgainServesWhatHoldsThen() throws Exception {
        WEB.write(manifests, List.of(cluster.p1a()));
        LOCAL.write(manifests, List.of(cluster.p1a()));
        agent = NodeAgent.start(cluster.n1(), manifests).awaitReady();
        assertThat(cluster.p1b().ask(LOCAL.clusterIp(Family.IPV4), 80)).startsWith("p1a");
        agent.command().signal("KILL");
        agent.command().exitCode();
        Files.delete(manifests.resolve("local.yaml"));
        WEB.write(manifests, List.of(cluster.p2a()));

        agent = NodeAgent.start(cluster.n1(), manifests).awaitReady();

        for (Family family : Family.values()) {
            assertThat(cluster.p1b().ask(WEB.clusterIp(family), 80)).startsWith("p2a");
            assertThat(cluster.p1b().ask(cluster.n1().address(family), LOCAL.nodePort()))
                    .isEqualTo("refused");
        }
        // It has no verdict any more; among the former places it is remembered.
        assertThat(state(cluster.n1().namespace())).doesNotContain(LOCAL.clusterIp(Family.IPV4) + " . 80 :");
    }

    @Test
    void clientsWaitForTheNextProcessInsteadOfFailing() throws Exception {
        WEB.write(manifests, List.of(cluster.p2a()));
        agent = NodeAgent.start(cluster.n1(), manifests).awaitReady();
        agent.command().signal("KILL");
        agent.command().exitCode();
        assertThat(cluster.p1a().ask(WEB.clusterIp(Family.IPV4), 80)).isEqualTo("no answer");
        try (Load waiting = new Load(1, 60_000)) {
            for (Family family : Family.values()) {
                waiting.add(cluster.p1a(), WEB.clusterIp(family), 80, "p2a");
                waiting.add(cluster.n1(), WEB.clusterIp(family), 80, "p2a");
                waiting.add(cluster.client(), cluster.n1().address(family), WEB.nodePort(), "p2a");
            }
            agent = NodeAgent.start(cluster.n1(), manifests).awaitReady();
            Await.until(() -> waiting.served() >= 12 || !waiting.failures().isEmpty());
            assertThat(waiting.failures()).isEmpty();
        }
    }

    @Test
    void aSecondProcessTakesOverAndTheFirstOneLeavesTheTableAlone() throws Exception {
        WEB.write(manifests, List.of(cluster.p1a()));
        agent = NodeAgent.start(cluster.n1(), manifests, "--overlap").awaitReady();
        try (Machine.Connection old = cluster.p1b().connect(WEB.clusterIp(Family.IPV4), 80);
                NodeAgent second = NodeAgent.start(cluster.n1(), manifests, "--overlap")) {
            second.awaitReady();
            WEB.write(manifests, List.of(cluster.p2a()));
            agent.command().awaitOutput("another kubeferry captures");
            Await.until(() -> cluster.p1b().ask(WEB.clusterIp(Family.IPV4), 80).startsWith("p2a"));
            assertThat(old.echoes("still here")).isTrue();
        }
    }

    @Test
    void theFirstProcessTakesTheTableBackAtOnceWhenTheSecondOneIsKilled() throws Exception {
        WEB.write(manifests, List.of(cluster.p1a()));
        agent = NodeAgent.start(cluster.n1(), manifests, "--overlap").awaitReady();
        for (int i = 0; i < 3; i++) {
            try (NodeAgent second = NodeAgent.start(cluster.n1(), manifests, "--overlap")) {
                second.awaitReady();
                int seen = agent.command().lines(TAKEN_BACK).size();
                second.command().signal("KILL");
                Await.until(() -> agent.command().lines(TAKEN_BACK).size() == seen + 1);
                // A client whose SYN was dropped meanwhile is one retransmission late.
                assertThat(cluster.p1b().ask(WEB.clusterIp(Family.IPV4), 80)).startsWith("p1a");
                assertThat(cluster.p1b().ask(WEB.clusterIp(Family.IPV6), 80)).startsWith("p1a");
            }
        }
        assertThat(agent.metric("kubeferry_capture_repairs_total")).isZero();
    }

    @Test
    void whoHasBeenToldToEndDoesNotTakeTheTableBack() throws Exception {
        WEB.write(manifests, List.of(cluster.p1a()));
        agent = NodeAgent.start(cluster.n1(), manifests, "--overlap").awaitReady();
        try (Machine.Connection old = cluster.p1b().connect(WEB.clusterIp(Family.IPV4), 80)) {
            try (NodeAgent second = NodeAgent.start(cluster.n1(), manifests, "--overlap")) {
                second.awaitReady();
                agent.command().signal("TERM");
                agent.command().awaitOutput("stopped accepting");
                second.command().signal("KILL");
                second.command().exitCode();
            }
            try (NodeAgent third = NodeAgent.start(cluster.n1(), manifests, "--overlap")) {
                third.awaitReady();
                assertThat(cluster.p1b().ask(WEB.clusterIp(Family.IPV4), 80)).startsWith("p1a");
                assertThat(old.echoes("still here")).isTrue();
                assertThat(agent.command().output()).doesNotContain(TAKEN_BACK);
            }
        }
    }

    @Test
    void moreProcessesThanAreMeantToBeAreRefusedAndTheOthersGoOn() throws Exception {
        WEB.write(manifests, List.of(cluster.p1a()));
        agent = NodeAgent.start(cluster.n1(), manifests).awaitReady();
        assertRefused("another kubeferry captures the Service addresses of this host (expected: none, or --overlap");
        try (NodeAgent second = NodeAgent.start(cluster.n1(), manifests, "--overlap")) {
            second.awaitReady();
            assertRefused(
                    "two kubeferry processes are at work on this host already (expected: one, from which", "--overlap");
            assertRefused("another kubeferry captures the Service addresses of this host (expected: none");
            assertThat(cluster.p1b().ask(WEB.clusterIp(Family.IPV4), 80)).startsWith("p1a");
        }
    }

    /** One more process ends by itself, and says {@code sentence}. */
    private void assertRefused(String sentence, String... flags) throws Exception {
        try (NodeAgent more = NodeAgent.start(cluster.n1(), manifests, flags)) {
            assertThat(more.command().exitCode()).isEqualTo(1);
            assertThat(more.command().output()).contains(sentence);
        }
        assertThat(cluster.p1b().ask(WEB.clusterIp(Family.IPV4), 80)).startsWith("p1a");
    }

    @Test
    void establishedConnectionsSurviveTheirEndpointTheirServiceAndTheTable() throws Exception {
        WEB.write(manifests, List.of(cluster.p2a()));
        LOCAL.write(manifests, List.of(cluster.p1a()));
        agent = NodeAgent.start(cluster.n1(), manifests).awaitReady();
        String node = cluster.n1().address(Family.IPV4);
        try (Machine.Connection toClusterIp = cluster.p1a().connect(WEB.clusterIp(Family.IPV4), 80);
                Machine.Connection overIpv6 = cluster.p1a().connect(WEB.clusterIp(Family.IPV6), 80);
                Machine.Connection toNodePort = cluster.client().connect(node, LOCAL.nodePort());
                Machine.Connection ofNode = cluster.n1().connect(WEB.clusterIp(Family.IPV4), 80)) {
            List<Machine.Connection> all = List.of(toClusterIp, overIpv6, toNodePort, ofNode);
            assertThat(toNodePort.greeting())
                    .isEqualTo("p1a " + cluster.client().address(Family.IPV4));

            WEB.write(manifests, List.of());
            Await.until(() -> cluster.p1a().ask(WEB.clusterIp(Family.IPV4), 80).equals("refused"));
            assertAllEcho(all, "the endpoint is gone");

            Files.delete(manifests.resolve("web.yaml"));
            Files.delete(manifests.resolve("local.yaml"));
            Await.until(() -> !cluster.n1()
                    .namespace()
                    .run("nft", "list", "set", "inet", "kubeferry", "captured4")
                    .contains(WEB.clusterIp(Family.IPV4)));
            assertAllEcho(all, "the Service is gone");

            cluster.n1().namespace().run("nft", "delete", "table", "inet", "kubeferry");
            Await.until(() -> state(cluster.n1().namespace()).contains("table inet kubeferry"));
            assertAllEcho(all, "the table was made anew");
        }
    }

    @Test
    void whatOthersRemoveIsPutBackAndCounted() throws Exception {
        WEB.write(manifests, List.of(cluster.p2a()));
        agent = NodeAgent.start(cluster.n1(), manifests).awaitReady();
        NetworkNamespace node = cluster.n1().namespace();
        String before = state(node);

        node.run("nft", "flush", "ruleset");
        node.run("ip", "-4", "rule", "del", "pref", "90");
        node.run("ip", "-6", "rule", "del", "pref", "90");
        Await.until(() -> state(node).equals(before));

        assertThat(cluster.p1a().ask(WEB.clusterIp(Family.IPV4), 80)).startsWith("p2a");
        assertThat(cluster.p1a().ask(WEB.clusterIp(Family.IPV6), 80)).startsWith("p2a");
        assertThat(agent.metric("kubeferry_capture_repairs_total")).isPositive();
    }

    @Test
    void withoutTheRightToCaptureTheProcessEndsWithTheReason() throws Exception {
        WEB.write(manifests, List.of(cluster.p2a()));
        try (RunningCommand refused = RunningCommand.startInside(
                List.of("setpriv", "--bounding-set=-net_admin", "--inh-caps=-net_admin"),
                Map.of(),
                List.of("run", "--addresses=capture", "--manifests=" + manifests))) {
            assertThat(refused.exitCode()).isEqualTo(2);
            assertThat(refused.output()).contains("this process lacks CAP_NET_ADMIN");
        }
    }

    @Test
    void aProcessThatOffersLoopbackAddressesIsToldOfWhatACapturingOneHasLeft() throws Exception {
        WEB.write(manifests, List.of(cluster.p2a()));
        agent = NodeAgent.start(cluster.n1(), manifests).awaitReady();
        agent.close();
        try (RunningCommand onLoopback = RunningCommand.startInside(
                cluster.n1().namespace().inside(),
                Map.of(),
                List.of("run", "--addresses=loopback", "--manifests=" + manifests))) {
            onLoopback.awaitOutput("captured Service addresses on this host, and what it left is in force");
        }
    }

    private RunningCommand.Ended cleanup() throws Exception {
        try (RunningCommand command =
                RunningCommand.startInside(cluster.n1().namespace().inside(), Map.of(), List.of("cleanup"))) {
            int exitCode = command.exitCode();
            return new RunningCommand.Ended(exitCode, command.output());
        }
    }

    private static void assertAllEcho(List<Machine.Connection> connections, String when) throws Exception {
        for (Machine.Connection connection : connections) {
            assertThat(connection.echoes(when)).as("%s: %s", when, connection).isTrue();
        }
    }

    /** All that rules packets on {@code node}; what names a process is left out. */
    private static String state(NetworkNamespace node) throws Exception {
        String state = node.run("nft", "-s", "list", "ruleset")
                + node.run("ip", "-4", "rule")
                + node.run("ip", "-6", "rule")
                + node.run("ip", "-4", "route", "show", "table", "all")
                + node.run("ip", "-6", "route", "show", "table", "all")
                + node.run("ip", "address");
        // Link-local addresses come when it suits the kernel.
        return state.lines()
                .filter(line -> !line.contains("fe80:") && !line.contains("multicast") && !line.contains("valid_lft"))
                .map(line -> line.replaceAll("owner_\\w+", "owner"))
                .collect(Collectors.joining("\n"));
    }
}
