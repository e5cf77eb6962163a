package io.kubeferry.it.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.testing.Await;
import io.kubeferry.it.capture.Load;
import io.kubeferry.it.capture.LongTransfer;
import io.kubeferry.it.capture.Machine;
import io.kubeferry.it.capture.Requires;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Nodes that are containers of the image answer at every kind of address, go, and recover. */
class NodeContainersIT {
    private static final String WEB = "10.96.0.10";
    private static final String LOCAL = "10.96.0.11";
    private static final int WEB_NODE_PORT = 30_080;
    private static final int LOCAL_NODE_PORT = 30_081;
    private static final int REPLACEMENTS = 10;
    /** Of five clients: 500 a second together, for a minute. */
    private static final int PER_SECOND_AND_CLIENT = 100;

    private static final int SERVED_BETWEEN = 3_000;
    private static final String NO_ANSWER = "no answer";

    private static ContainerCluster cluster;

    @BeforeAll
    static void start() throws Exception {
        Requires.rootAndTools();
        DockerEngine.require();
        cluster = new ContainerCluster();
    }

    @AfterAll
    static void close() throws Exception {
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    void everyKindOfAddressAnswers() throws Exception {
        String n1 = cluster.n1().address();
        assertThat(answers(cluster.p1a().machine(), WEB, 80)).isTrue();
        assertThat(answers(cluster.n1().machine(), WEB, 80)).isTrue();
        assertThat(answers(cluster.n1().machine(), n1, WEB_NODE_PORT)).isTrue();
        assertThat(answers(cluster.p2a().machine(), n1, WEB_NODE_PORT)).isTrue();
        assertThat(answers(cluster.client(), n1, WEB_NODE_PORT)).isTrue();
        for (String address : new String[] {"203.0.113.10", "198.51.100.10"}) {
            cluster.routeClientTo(address, cluster.n2());
            assertThat(answers(cluster.client(), address, 80)).as(address).isTrue();
        }
    }

    @Test
    void theClientsAddressIsKeptUnderTheLocalPolicyAndByAPodOfTheNode() throws Exception {
        String seen = "p1a " + ContainerCluster.CLIENT;
        assertThat(cluster.client().ask(cluster.n1().address(), LOCAL_NODE_PORT))
                .isEqualTo(seen);
        cluster.routeClientTo("203.0.113.11", cluster.n1());
        assertThat(cluster.client().ask("203.0.113.11", 80)).isEqualTo(seen);
        assertThat(cluster.client().ask(cluster.n2().address(), LOCAL_NODE_PORT))
                .as("through a node without the pod")
                .isEqualTo(NO_ANSWER);
        assertThat(cluster.p1b().machine().ask(LOCAL, 80)).isEqualTo("p1a 10.244.1.11");
    }

    @Test
    void stoppedNodeLetsItsConnectionsFinishEndsWithZeroAndRecovers() throws Exception {
        ContainerNode n1 = cluster.n1();
        CompletableFuture<Long> exit;
        try (Machine.Connection open = cluster.client().connect(n1.address(), LOCAL_NODE_PORT)) {
            exit = CompletableFuture.supplyAsync(() -> unchecked(n1::stop));
            Await.until(() -> n1.log().contains("stopped accepting; may finish within 30s: connections=1"));
            assertThat(open.echoes("still here")).isTrue();
            assertThat(exit).isNotDone();
        }
        assertThat(exit.get()).isZero();
        awaitAnswer(cluster.client(), cluster.n2().address(), WEB_NODE_PORT);
        cluster.start(n1);
        assertRecovered();
    }

    @Test
    void killedNodeRecovers() throws Exception {
        cluster.n1().kill();
        cluster.start(cluster.n1());
        assertRecovered();
    }

    @Test
    void nodeThatIsCutOffServesItsOwnPodsAndCatchesUp() throws Exception {
        cluster.n1().disconnect();
        try {
            Await.until(() -> cluster.p1b().machine().ask(LOCAL, 80).equals("p1a 10.244.1.11"));
            cluster.putEndpoints("local", "p1b");
        } finally {
            cluster.n1().reconnect();
            cluster.routeToOthers(cluster.n1());
        }
        String nodePort = cluster.n1().address();
        Await.until(() -> cluster.client().ask(nodePort, LOCAL_NODE_PORT).equals("p1b " + ContainerCluster.CLIENT));
        cluster.putEndpoints("local", "p1a");
        assertRecovered();
    }

    @Test
    void noConnectionFailsWhileAgentsFollowEachOther() throws Exception {
        ContainerNode n1 = cluster.n1();
        try (Load load = new Load(PER_SECOND_AND_CLIENT)) {
            load.add(cluster.p1b().machine(), WEB, 80);
            load.add(cluster.p1b().machine(), LOCAL, 80, "p1a 10.244.1.11");
            load.add(n1.machine(), WEB, 80);
            load.add(cluster.client(), n1.address(), WEB_NODE_PORT);
            load.add(cluster.client(), n1.address(), LOCAL_NODE_PORT, "p1a " + ContainerCluster.CLIENT);
            for (int i = 1; i <= REPLACEMENTS; i++) {
                int enough = i * SERVED_BETWEEN;
                Await.until(() -> load.served() >= enough || !load.failures().isEmpty());
                assertThat(load.failures()).isEmpty();
                CompletableFuture<Long> exit;
                try (LongTransfer across = new LongTransfer(cluster.client(), n1.address(), LOCAL_NODE_PORT)) {
                    n1.startNextAgent();
                    exit = CompletableFuture.supplyAsync(() -> unchecked(n1::stopFormerAgent));
                    Await.until(() -> n1.formerLog().contains("stopped accepting"));
                    across.assertComplete();
                }
                assertThat(exit.get()).isZero();
            }
            assertThat(load.failures()).isEmpty();
        }
    }

    private static void assertRecovered() throws Exception {
        awaitAnswer(cluster.p1a().machine(), WEB, 80);
        awaitAnswer(cluster.p2a().machine(), LOCAL, 80);
        Await.until(() ->
                cluster.client().ask(cluster.n1().address(), LOCAL_NODE_PORT).equals("p1a " + ContainerCluster.CLIENT));
    }

    private static void awaitAnswer(Machine from, String address, int port) throws Exception {
        Await.until(() -> answers(from, address, port));
    }

    /** Whether a pod of Service {@code web}, or {@code local}, answers. */
    private static boolean answers(Machine from, String address, int port) throws Exception {
        return from.ask(address, port).matches("p1[ab] .*|p2a .*");
    }

    private static <T> T unchecked(java.util.concurrent.Callable<T> action) {
        try {
            return action.call();
        } catch (Exception failure) {
            throw new AssertionError(failure);
        }
    }
}
