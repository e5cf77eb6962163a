package io.kubeferry.it.capture;

import static io.kubeferry.it.capture.SampleServices.LOCAL;
import static io.kubeferry.it.capture.SampleServices.ON_NODE;
import static io.kubeferry.it.capture.SampleServices.WEB;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Which address pods see as the source, with reverse-path filtering off, strict and loose, now and after restarts. */
@ParameterizedClass
@EnumSource(Life.class)
class SourceAddressIT {
    private static final int ENDPOINTS = 3;
    /** The first port of those that Linux gives to connections. */
    private static final int FIRST_OF_LINUX = 32_768;

    /** So many ports are tried before the kernel is asked for one. */
    private static final int SEVERAL = 3;

    private static ClusterNetwork cluster;
    private static NodeAgent agent1;
    private static NodeAgent agent3;

    @TempDir
    private static Path manifests;

    /** What is asked is the same in each life, which {@link #begin} brings about. */
    SourceAddressIT(Life life) {
        assertThat(life).isNotNull();
    }

    @BeforeAll
    static void start() throws Exception {
        Requires.rootAndTools();
        cluster = new ClusterNetwork();
        SampleServices.writeAll(manifests, cluster);
        cluster.n1().serve(ClusterNetwork.POD_PORT);
        agent1 = NodeAgent.start(cluster.n1(), manifests);
        agent3 = NodeAgent.start(cluster.n3(), manifests, "--transport=io_uring");
        for (Family family : Family.values()) {
            cluster.routeClientTo(LOCAL.virtualIp(family), cluster.n1(), family);
            cluster.routeClientTo(LOCAL.externalIp(family), cluster.n1(), family);
            cluster.routeClientTo(WEB.virtualIp(family), cluster.n1(), family);
        }
    }

    @BeforeParameterizedClassInvocation
    static void begin(Life life) throws Exception {
        agent1 = life.begin(agent1);
        agent3 = life.begin(agent3);
    }

    @AfterAll
    static void stop() throws Exception {
        NodeAgent.closeAll(agent1, agent3);
        if (cluster != null) {
            cluster.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"IPV4,0", "IPV4,1", "IPV4,2", "IPV6,0"})
    void podsSeeTheClientWhereTheAnswerComesBackThroughItsNode(Family family, int reversePathFilter) throws Exception {
        setReversePathFilter(cluster.n1(), reversePathFilter);
        String n1 = cluster.n1().address(family);
        String client = cluster.client().address(family);

        Map<String, String> fromPod = sources(cluster.p1a(), WEB.clusterIp(family), 80);
        assertThat(fromPod.get("p1a")).as("hairpin").isEqualTo(podFacing(fromPod.get("p1a"), family));
        assertThat(fromPod.get("p1a")).isNotEqualTo(cluster.p1a().address(family));
        assertThat(fromPod.get("p2a"))
                .as("pod of another node")
                .isEqualTo(cluster.p1a().address(family));
        assertThat(fromPod.get("p3a"))
                .as("pod behind another node's bridge")
                .isEqualTo(cluster.p1a().address(family));
        assertThat(sources(cluster.p1b(), WEB.clusterIp(family), 80).get("p1a"))
                .as("pod of the same node")
                .isEqualTo(cluster.p1b().address(family));

        assertThat(sources(cluster.n1(), WEB.clusterIp(family), 80).get("p2a"))
                .as("the node")
                .isEqualTo(n1);
        assertThat(sources(cluster.client(), WEB.virtualIp(family), 80).get("p2a"))
                .as("outsider under the Cluster policy")
                .isEqualTo(n1);
        assertThat(cluster.client().ask(n1, LOCAL.nodePort()))
                .as("outsider, Local")
                .isEqualTo("p1a " + client);
        assertThat(cluster.client().ask(LOCAL.virtualIp(family), 80)).isEqualTo("p1a " + client);
        assertThat(cluster.client().ask(LOCAL.externalIp(family), 80)).isEqualTo("p1a " + client);
        assertThat(cluster.client().ask(n1, ON_NODE.nodePort()))
                .as("endpoint on the node's network")
                .isEqualTo("n1 " + client);
        assertThat(cluster.p1b().ask(ON_NODE.clusterIp(family), 80))
                .isEqualTo("n1 " + cluster.p1b().address(family));
    }

    @ParameterizedTest
    @CsvSource({
        "IPV4,0,false",
        "IPV4,1,false",
        "IPV4,2,false",
        "IPV6,0,false",
        "IPV4,0,true",
        "IPV4,1,true",
        "IPV4,2,true",
        "IPV6,0,true"
    })
    void podsBehindOneBridgeSeeEachOther(Family family, int reversePathFilter, boolean bridgeFilter) throws Exception {
        setReversePathFilter(cluster.n3(), reversePathFilter);
        ClusterNetwork.setBridgeFilter(cluster.n3(), bridgeFilter);
        Map<String, String> sources = sources(cluster.p3b(), WEB.clusterIp(family), 80);
        assertThat(sources.get("p1a")).isEqualTo(cluster.p3b().address(family));
        assertThat(sources.get("p2a")).isEqualTo(cluster.p3b().address(family));
        assertThat(sources.get("p3a"))
                .as("on the same bridge")
                .isEqualTo(cluster.p3b().address(family));
        assertThat(sources(cluster.p3a(), WEB.clusterIp(family), 80).get("p3a"))
                .as("hairpin")
                .isNotEqualTo(cluster.p3a().address(family));
    }

    @ParameterizedTest
    @EnumSource
    void connectionsWithAPodsAddressBeginAtPortsThatItsOwnDoNotGet(Family family) throws Exception {
        String pod = cluster.p1b().address(family);
        for (int turn = 0; turn < ENDPOINTS; turn++) {
            try (Machine.Connection connection = cluster.p1b().connect(WEB.clusterIp(family), 80)) {
                assertThat(connection.greeting()).endsWith(" " + pod);
                assertThat(portsInUse(cluster.n1(), pod)).singleElement().matches(port -> port < FIRST_OF_LINUX);
            }
        }
    }

    @Test
    void connectionBeginsWhereTheKernelWantsItWhereSeveralPortsAreInUse() throws Exception {
        String pod = cluster.p1b().address(Family.IPV4);
        int last;
        try (Machine.Connection _ = cluster.p1b().connect(WEB.clusterIp(Family.IPV4), 80)) {
            last = portsInUse(cluster.n1(), pod).getFirst();
        }
        try (OccupiedPorts _ = new OccupiedPorts(cluster.n1(), pod, last + 1, last + SEVERAL);
                Machine.Connection connection = cluster.p1b().connect(WEB.clusterIp(Family.IPV4), 80)) {
            assertThat(connection.greeting()).endsWith(" " + pod);
            assertThat(portsInUse(cluster.n1(), pod)).singleElement().matches(port -> port >= FIRST_OF_LINUX);
        }
    }

    /** The ports of {@code client} from which {@code node} has connections. */
    private static List<Integer> portsInUse(Machine node, String client) throws Exception {
        String literal = client.contains(":") ? "[" + client + "]" : client;
        String connections = node.namespace().run("ss", "-Htn", "state", "established", "src", literal);
        return connections
                .lines()
                .map(line -> line.strip().split("\\s+")[2])
                .map(place -> Integer.valueOf(place.substring(place.lastIndexOf(':') + 1)))
                .toList();
    }

    /** What each pod behind {@code address} saw as the source of {@code from}. */
    private static Map<String, String> sources(Machine from, String address, int port) throws Exception {
        Map<String, String> sources = new HashMap<>();
        for (int turn = 0; turn < 3; turn++) {
            String[] answer = from.ask(address, port).split(" ", 2);
            sources.put(answer[0], answer[1]);
        }
        return sources;
    }

    /** Which of a node's addresses a pod sees is the kernel's choice. */
    private static String podFacing(String seen, Family family) {
        return cluster.n1().address(family).equals(seen) ? seen : "an address of n1";
    }

    private static void setReversePathFilter(Machine node, int value) throws Exception {
        for (String device :
                node.namespace().run("ls", "/proc/sys/net/ipv4/conf").split("\\s+")) {
            node.namespace().run("sysctl", "-qw", "net.ipv4.conf." + device.replace('.', '/') + ".rp_filter=" + value);
        }
    }
}
