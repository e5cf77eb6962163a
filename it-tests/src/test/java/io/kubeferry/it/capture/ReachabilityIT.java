package io.kubeferry.it.capture;

import static io.kubeferry.it.capture.SampleServices.EMPTY;
import static io.kubeferry.it.capture.SampleServices.INSIDE;
import static io.kubeferry.it.capture.SampleServices.LOCAL;
import static io.kubeferry.it.capture.SampleServices.OTHER_FAMILY;
import static io.kubeferry.it.capture.SampleServices.RANGES;
import static io.kubeferry.it.capture.SampleServices.WEB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who reaches what at Service addresses of every kind, and what is refused or gets no answer, now and after restarts. */
@ParameterizedClass
@EnumSource(Life.class)
class ReachabilityIT {
    private static final String NO_ANSWER = "no answer";
    private static final String REFUSED = "refused";

    private static ClusterNetwork cluster;
    private static NodeAgent agent1;
    private static NodeAgent agent2;

    @TempDir
    private static Path manifests;

    /** What is asked is the same in each life, which {@link #begin} brings about. */
    ReachabilityIT(Life life) {
        assertThat(life).isNotNull();
    }

    @BeforeAll
    static void start() throws Exception {
        Requires.rootAndTools();
        cluster = new ClusterNetwork();
        SampleServices.writeAll(manifests, cluster);
        agent1 = NodeAgent.start(cluster.n1(), manifests);
        agent2 = NodeAgent.start(cluster.n2(), manifests, "--transport=io_uring");
        for (Family family : Family.values()) {
            for (SampleServices service : SampleServices.values()) {
                cluster.routeClientTo(service.externalIp(family), cluster.n1(), family);
                cluster.routeClientTo(service.virtualIp(family), cluster.n1(), family);
            }
        }
    }

    @BeforeParameterizedClassInvocation
    static void begin(Life life) throws Exception {
        agent1 = life.begin(agent1);
        agent2 = life.begin(agent2);
    }

    @AfterAll
    static void stop() throws Exception {
        NodeAgent.closeAll(agent1, agent2);
        if (cluster != null) {
            cluster.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyAddressOfAServiceIsServedToPodsTheNodeAndOutsiders(Family family) throws Exception {
        for (Machine inside : List.of(cluster.p1a(), cluster.n1(), cluster.p2a(), cluster.n2())) {
            assertServed(inside, WEB.clusterIp(family), 80);
            assertServed(inside, WEB.externalIp(family), 80);
            assertServed(inside, WEB.virtualIp(family), 80);
            assertServed(inside, cluster.n1().address(family), WEB.nodePort());
        }
        assertServed(cluster.client(), WEB.externalIp(family), 80);
        assertServed(cluster.client(), WEB.virtualIp(family), 80);
        assertServed(cluster.client(), cluster.n1().address(family), WEB.nodePort());
        assertServed(cluster.client(), cluster.n2().address(family), WEB.nodePort());
    }

    @ParameterizedTest
    @EnumSource
    void nodePortIsServedOnLoopbackToTheNodeItself(Family family) throws Exception {
        assumeThat(family).isEqualTo(Family.IPV4);
        assertServed(cluster.n1(), "127.0.0.1", WEB.nodePort());
        assertServed(cluster.n2(), "127.0.0.1", WEB.nodePort());
    }

    @ParameterizedTest
    @EnumSource
    void everyEndpointTakesItsTurn(Family family) throws Exception {
        assertThat(List.of(
                        pod(cluster.p1b().ask(WEB.clusterIp(family), 80)),
                        pod(cluster.p1b().ask(WEB.clusterIp(family), 80)),
                        pod(cluster.p1b().ask(WEB.clusterIp(family), 80))))
                .containsExactlyInAnyOrder("p1a", "p2a", "p3a");
    }

    @ParameterizedTest
    @EnumSource
    void serviceWithoutEndpointsRefusesEverybody(Family family) throws Exception {
        for (Machine inside : List.of(cluster.p1a(), cluster.n1())) {
            assertThat(inside.ask(EMPTY.clusterIp(family), 80)).isEqualTo(REFUSED);
            assertThat(inside.ask(EMPTY.virtualIp(family), 80)).isEqualTo(REFUSED);
            assertThat(inside.ask(cluster.n1().address(family), EMPTY.nodePort()))
                    .isEqualTo(REFUSED);
        }
        assertThat(cluster.client().ask(EMPTY.externalIp(family), 80)).isEqualTo(REFUSED);
        assertThat(cluster.client().ask(EMPTY.virtualIp(family), 80)).isEqualTo(REFUSED);
        assertThat(cluster.client().ask(cluster.n1().address(family), EMPTY.nodePort()))
                .isEqualTo(REFUSED);
    }

    @ParameterizedTest
    @EnumSource
    void otherPortsOfAClusterIpRefuse(Family family) throws Exception {
        for (Machine inside : List.of(cluster.p1a(), cluster.n1())) {
            assertThat(inside.ask(WEB.clusterIp(family), 81)).isEqualTo(REFUSED);
        }
    }

    @ParameterizedTest
    @EnumSource
    void addressesOfServicesThatNoServiceHasRefuseInsteadOfLeavingTheNode(Family family) throws Exception {
        String nobodys = family == Family.IPV4 ? "10.96.0.200" : "fd96::c8";
        for (Machine inside : List.of(cluster.p1a(), cluster.n1(), cluster.p2a(), cluster.n2())) {
            assertThat(inside.ask(nobodys, 80)).isEqualTo(REFUSED);
            assertThat(inside.askByUdp(nobodys, 53)).isEqualTo(REFUSED);
        }
        String outsideOfTheRange = family == Family.IPV4 ? "10.97.0.200" : "fd97::200";
        assertThat(cluster.p1a().ask(outsideOfTheRange, 80))
                .as("outside of the range")
                .isNotEqualTo(REFUSED);
        assertThat(cluster.p1a().askByUdp(outsideOfTheRange, 53)).isEqualTo(NO_ANSWER);
    }

    @ParameterizedTest
    @EnumSource
    void internalLocalPolicyWithoutALocalEndpointAnswersNobody(Family family) throws Exception {
        assertThat(pod(cluster.p1b().ask(INSIDE.clusterIp(family), 80))).isEqualTo("p1a");
        assertThat(pod(cluster.n1().ask(INSIDE.clusterIp(family), 80))).isEqualTo("p1a");
        assertThat(cluster.p2a().ask(INSIDE.clusterIp(family), 80)).isEqualTo(NO_ANSWER);
        assertThat(cluster.n2().ask(INSIDE.clusterIp(family), 80)).isEqualTo(NO_ANSWER);
        assertThat(pod(cluster.client().ask(cluster.n2().address(family), INSIDE.nodePort())))
                .isEqualTo("p1a");
    }

    @ParameterizedTest
    @EnumSource
    void externalLocalPolicyWithoutALocalEndpointServesTheNodeAndPodsOnly(Family family) throws Exception {
        assertThat(pod(cluster.client().ask(cluster.n1().address(family), LOCAL.nodePort())))
                .isEqualTo("p1a");
        assertThat(cluster.client().ask(cluster.n2().address(family), LOCAL.nodePort()))
                .isEqualTo(NO_ANSWER);
        for (Machine inside : List.of(cluster.n2(), cluster.p2a())) {
            assertThat(pod(inside.ask(cluster.n2().address(family), LOCAL.nodePort())))
                    .isEqualTo("p1a");
            assertThat(pod(inside.ask(LOCAL.virtualIp(family), 80))).isEqualTo("p1a");
            assertThat(pod(inside.ask(LOCAL.externalIp(family), 80))).isEqualTo("p1a");
            assertThat(pod(inside.ask(LOCAL.clusterIp(family), 80))).isEqualTo("p1a");
        }
    }

    @ParameterizedTest
    @EnumSource
    void sourceRangesKeepOthersAwayFromLoadBalancerAddressesOnly(Family family) throws Exception {
        assertThat(pod(cluster.p1a().ask(RANGES.virtualIp(family), 80))).isEqualTo("p2a");
        assertThat(pod(cluster.n1().ask(RANGES.virtualIp(family), 80))).isEqualTo("p2a");
        assertThat(cluster.client().ask(RANGES.virtualIp(family), 80)).isEqualTo(NO_ANSWER);
        assertThat(cluster.n2().ask(RANGES.virtualIp(family), 80)).isEqualTo(NO_ANSWER);
        assertThat(pod(cluster.client().ask(RANGES.externalIp(family), 80))).isEqualTo("p2a");
        assertThat(pod(cluster.client().ask(cluster.n1().address(family), RANGES.nodePort())))
                .isEqualTo("p2a");
    }

    @ParameterizedTest
    @EnumSource
    void sourceRangesOfOneFamilySayNothingOfTheOther(Family family) throws Exception {
        assertThat(pod(cluster.client().ask(OTHER_FAMILY.virtualIp(family), 80)))
                .isEqualTo(family == Family.IPV4 ? NO_ANSWER : "p2a");
    }

    @ParameterizedTest
    @EnumSource
    void nobodyAnswersForAServiceAddressOnTheLink(Family family) throws Exception {
        cluster.client().namespace().ip("route replace " + INSIDE.externalIp(family) + " dev eth0");
        try {
            assertThat(cluster.client().ask(INSIDE.externalIp(family), 80)).isIn("no route", NO_ANSWER);
            assertThat(cluster.client().namespace().run("ip", "neigh", "show", INSIDE.externalIp(family)))
                    .doesNotContain("lladdr");
        } finally {
            cluster.routeClientTo(INSIDE.externalIp(family), cluster.n1(), family);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aDaemonOfTheNodeOnTheSamePortNeitherAnswersForAServiceNorIsInTheWay(Family family) throws Exception {
        cluster.n2().serveOnce(80);
        assertThat(cluster.client().ask(cluster.n2().address(family), 80))
                .isEqualTo("n2 " + cluster.client().address(family));
        for (Machine inside : List.of(cluster.p2a(), cluster.n2())) {
            assertServed(inside, WEB.clusterIp(family), 80);
            assertServed(inside, WEB.externalIp(family), 80);
            assertThat(inside.ask(EMPTY.clusterIp(family), 80)).isEqualTo(REFUSED);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theListenerItselfIsOfNoUseToAnybody(Family family) throws Exception {
        String table = cluster.n1()
                .namespace()
                .run("nft", "list", "chain", "inet", "kubeferry", family == Family.IPV4 ? "serve4" : "serve6");
        int port = Integer.parseInt(table.replaceAll("(?s).*tproxy ip6? to \\S+:(\\d+) .*", "$1"));
        assertThat(cluster.n1().ask(family == Family.IPV4 ? "127.0.0.1" : "::1", port))
                .isIn("reset", "closed");
    }

    private static void assertServed(Machine from, String address, int port) throws Exception {
        assertThat(pod(from.ask(address, port)))
                .as("%s asks %s port %d", from.name(), address, port)
                .isIn("p1a", "p2a", "p3a");
    }

    private static String pod(String answer) {
        return answer.startsWith("p") ? answer.split(" ")[0] : answer;
    }
}
