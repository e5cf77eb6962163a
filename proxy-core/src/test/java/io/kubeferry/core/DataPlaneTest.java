package io.kubeferry.core;

import static io.kubeferry.core.testing.SampleEndpoint.endpoint;
import static io.kubeferry.core.testing.SampleRules.rules;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubeferry.core.net.TransportPreference;
import io.kubeferry.core.observe.CloseReason;
import io.kubeferry.core.testing.Await;
import io.kubeferry.core.testing.BlackHole;
import io.kubeferry.core.testing.FreePorts;
import io.kubeferry.core.testing.TestEndpoint;
import io.kubeferry.core.testing.Transports;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Snapshots in, connections through real sockets, on every transport of this host. */
@ParameterizedClass
@MethodSource("transports")
class DataPlaneTest {
    private final TransportPreference transport;
    private final DataPlaneRig rig;

    DataPlaneTest(TransportPreference transport) {
        this.transport = transport;
        this.rig = new DataPlaneRig(transport);
    }

    static Iterable<TransportPreference> transports() {
        return Transports.available();
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    @Test
    void turnsAreExactOverParallelClients() throws Exception {
        try (TestEndpoint a = TestEndpoint.saying("a");
                TestEndpoint b = TestEndpoint.saying("b");
                TestEndpoint c = TestEndpoint.saying("c")) {
            rig.apply(rig.web().endpoints(a.address(), b.address(), c.address()));

            Map<String, LongAdder> answers = new ConcurrentHashMap<>();
            try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int i = 0; i < 300; i++) {
                    clients.submit(() -> {
                        answers.computeIfAbsent(rig.ask(""), _ -> new LongAdder())
                                .increment();
                        return null;
                    });
                }
            }

            assertThat(answers)
                    .hasSize(3)
                    .allSatisfy((_, count) -> assertThat(count.sum()).isEqualTo(100));
            Await.until(() -> rig.stats().active() == 0);
            assertThat(rig.stats().opened()).isEqualTo(300);
            assertThat(rig.stats().ended(CloseReason.COMPLETED)).isEqualTo(300);
            assertThat(rig.stats().bytesToClient()).isEqualTo(300);
        }
    }

    @Test
    void endpointThatRefusesIsPassedOverBeforeTheClientNotices() throws Exception {
        try (TestEndpoint works = TestEndpoint.answering("ok ")) {
            rig.apply(rig.web()
                    .endpoints(works.address(), "127.0.0.1:" + FreePorts.next())
                    .connections(rules().withoutSetAside().build()));

            for (int i = 0; i < 10; i++) {
                assertThat(rig.ask("now")).isEqualTo("ok now");
            }
            assertThat(rig.stats().connectRetries()).isGreaterThanOrEqualTo(5);
        }
    }

    @Test
    void endpointThatDoesNotAnswerIsPassedOverAndTheEarlyRequestWithItsFinIsKept() throws Exception {
        try (BlackHole dead = new BlackHole();
                TestEndpoint works = TestEndpoint.answering("ok ")) {
            rig.apply(rig.web().endpoints(dead.address(), works.address()));

            for (int i = 0; i < 4; i++) {
                assertThat(rig.ask("request " + i)).isEqualTo("ok request " + i);
            }
            assertThat(rig.stats().connectRetries()).isGreaterThanOrEqualTo(1);
        }
    }

    @Test
    void clientIsResetWhenNoEndpointCanBeConnected() throws Exception {
        rig.apply(rig.web().endpoints("127.0.0.1:" + FreePorts.next(), "127.0.0.1:" + FreePorts.next()));

        // The reset may be there before the call that connects has returned.
        assertThatThrownBy(() -> {
                    try (Socket client = rig.connect()) {
                        client.getInputStream().read();
                    }
                })
                .hasMessageContaining("reset");
        assertThat(rig.stats().ended(CloseReason.CONNECT_REFUSED)).isEqualTo(1);
        assertThat(rig.stats().connectRetries()).isEqualTo(1);
    }

    @Test
    void clientThatGoesAwayWhileConnectingEndsTheAttempt() throws Exception {
        assertAttemptEndsWithClientThatSaid("");
    }

    @Test
    void clientThatHasSpokenAndGoesAwayWhileConnectingEndsTheAttempt() throws Exception {
        assertAttemptEndsWithClientThatSaid("are you there?");
    }

    private void assertAttemptEndsWithClientThatSaid(String words) throws Exception {
        rig.restart(Duration.ofSeconds(30), Optional.empty(), 20_000);
        try (BlackHole dead = new BlackHole()) {
            rig.apply(rig.web().endpoints(dead.address()));
            Socket client = rig.connect();
            client.getOutputStream().write(words.getBytes(StandardCharsets.UTF_8));
            Await.until(() -> rig.stats().active() == 1);
            client.setSoLinger(true, 0);
            client.close();

            if (transport == TransportPreference.NIO) {
                return; // NIO does not look at a socket that it does not read; the attempt ends by its time-out.
            }
            Await.until(() -> rig.stats().active() == 0);
            assertThat(rig.stats().ended(CloseReason.DOWNSTREAM_ABANDONED)).isEqualTo(1);
        }
    }

    @Test
    void servicePortWithoutUsableEndpointsRefusesUntilOneComes() throws Exception {
        try (TestEndpoint works = TestEndpoint.saying("hello")) {
            rig.apply(rig.web().endpoints(endpoint(works.address()).unready()));
            rig.assertRefused();

            rig.apply(rig.web().endpoints(works.address()));
            assertThat(rig.ask("")).isEqualTo("hello");

            rig.apply(rig.web());
            rig.assertRefused();
        }
    }

    @Test
    void serviceThatGoesStopsListeningAtOnceAndItsConnectionsLiveOn() throws Exception {
        try (TestEndpoint echo = TestEndpoint.echoing()) {
            rig.apply(rig.web().endpoints(echo.address()));
            try (Socket client = rig.connect()) {
                assertThat(DataPlaneRig.exchange(client, "before")).isEqualTo("before");

                rig.apply();
                rig.assertRefused();
                assertThat(DataPlaneRig.exchange(client, "after")).isEqualTo("after");
            }
        }
    }

    @Test
    void connectionsOutliveTheirEndpoint() throws Exception {
        try (TestEndpoint echo = TestEndpoint.echoing();
                TestEndpoint other = TestEndpoint.saying("other")) {
            rig.apply(rig.web().endpoints(echo.address()));
            try (Socket client = rig.connect()) {
                assertThat(DataPlaneRig.exchange(client, "before")).isEqualTo("before");
                rig.apply(rig.web().endpoints(other.address()));

                assertThat(rig.ask("")).isEqualTo("other");
                assertThat(DataPlaneRig.exchange(client, "after")).isEqualTo("after");
            }
        }
    }

    @Test
    void localNodePortServesOnlyThisNodesEndpointsAndIsClosedWithoutAny() throws Exception {
        int nodePort = FreePorts.next();
        try (TestEndpoint here = TestEndpoint.saying("here");
                TestEndpoint there = TestEndpoint.saying("there")) {
            rig.apply(rig.web()
                    .nodePort(nodePort)
                    .externalLocal()
                    .endpoints(
                            endpoint(here.address()).onNode("this-node"),
                            endpoint(there.address()).onNode("other-node")));
            for (int i = 0; i < 4; i++) {
                assertThat(DataPlaneRig.ask("127.0.0.1", nodePort, "")).isEqualTo("here");
            }

            rig.apply(rig.web()
                    .nodePort(nodePort)
                    .externalLocal()
                    .endpoints(endpoint(there.address()).onNode("other-node")));
            assertThatThrownBy(() -> DataPlaneRig.ask("127.0.0.1", nodePort, ""))
                    .hasMessageContaining("refused");
            assertThat(rig.ask("")).isEqualTo("there");
        }
    }

    @Test
    void clientWithAffinityStaysWithItsEndpointAndMovesOnWhenThatIsGone() throws Exception {
        try (TestEndpoint a = TestEndpoint.saying("a");
                TestEndpoint b = TestEndpoint.saying("b")) {
            rig.apply(rig.web().clientIpAffinity(Duration.ofHours(3)).endpoints(a.address(), b.address()));
            String first = rig.ask("");
            for (int i = 0; i < 5; i++) {
                assertThat(rig.ask("")).isEqualTo(first);
            }
            String left = first.equals("a") ? b.address() : a.address();
            rig.apply(rig.web().clientIpAffinity(Duration.ofHours(3)).endpoints(left));
            assertThat(rig.ask("")).isNotEqualTo(first);
        }
    }
}
