package io.kubeferry.core;

import static io.kubeferry.core.testing.SampleRules.rules;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubeferry.core.model.Balance;
import io.kubeferry.core.model.EndpointRemoval;
import io.kubeferry.core.net.TransportPreference;
import io.kubeferry.core.observe.CloseReason;
import io.kubeferry.core.testing.Await;
import io.kubeferry.core.testing.BlackHole;
import io.kubeferry.core.testing.FreePorts;
import io.kubeferry.core.testing.SampleRules;
import io.kubeferry.core.testing.TestEndpoint;
import io.kubeferry.core.testing.Transports;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What annotations of a Service change for its connections, also while these are open. */
@ParameterizedClass
@MethodSource("transports")
class DataPlaneRulesTest {
    private final DataPlaneRig rig;

    DataPlaneRulesTest(TransportPreference transport) {
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
    void connectionsBeyondTheirMaximumAreResetForAReasonOfTheirOwn() throws Exception {
        try (TestEndpoint echo = TestEndpoint.echoing()) {
            apply(echo, rules().maxConnections(2));
            try (Socket first = rig.connect();
                    Socket second = rig.connect()) {
                assertThat(DataPlaneRig.exchange(first, "1") + DataPlaneRig.exchange(second, "2"))
                        .isEqualTo("12");
                try (Socket third = rig.connect()) {
                    assertThatThrownBy(() -> third.getInputStream().read()).hasMessageContaining("reset");
                }
                assertThat(rig.stats().ended(CloseReason.MAX_CONNECTIONS)).isEqualTo(1);

                apply(echo, rules().maxConnections(1));
                assertThat(DataPlaneRig.exchange(first, "a") + DataPlaneRig.exchange(second, "b"))
                        .isEqualTo("ab");
                apply(echo, rules());
                try (Socket third = rig.connect()) {
                    assertThat(DataPlaneRig.exchange(third, "3")).isEqualTo("3");
                }
            }
            assertThat(rig.stats().ended(CloseReason.MAX_CONNECTIONS)).isEqualTo(1);
        }
    }

    @Test
    void silentConnectionIsResetAfterTheIdleTimeoutItWasOpenedUnder() throws Exception {
        try (TestEndpoint echo = TestEndpoint.echoing()) {
            apply(echo, rules());
            try (Socket before = rig.connect()) {
                DataPlaneRig.exchange(before, "x");
                apply(echo, rules().idleTimeout(Duration.ofMillis(50)));
                try (Socket after = rig.connect()) {
                    DataPlaneRig.exchange(after, "y");
                    assertThatThrownBy(() -> after.getInputStream().read()).hasMessageContaining("reset");
                }
                assertThat(rig.stats().ended(CloseReason.IDLE_TIMEOUT)).isEqualTo(1);
                assertThat(DataPlaneRig.exchange(before, "z")).isEqualTo("z");
            }
        }
    }

    @Test
    void connectTimeoutOfTheServiceGoesBeforeThatOfTheProcess() throws Exception {
        rig.restart(Duration.ofSeconds(50), Optional.empty(), 20_000);
        try (BlackHole dead = new BlackHole();
                TestEndpoint works = TestEndpoint.answering("ok ")) {
            rig.apply(rig.web()
                    .endpoints(dead.address(), works.address())
                    .connections(rules().connectTimeout(Duration.ofMillis(100)).build()));

            Await.until(() -> {
                assertThat(rig.ask("now")).isEqualTo("ok now");
                return rig.stats().connectRetries() > 0;
            });
        }
    }

    @Test
    void connectionsStayWhenTheirEndpointIsGoneUnlessTheOwnerWantsOtherwise() throws Exception {
        try (TestEndpoint echo = TestEndpoint.echoing();
                TestEndpoint other = TestEndpoint.echoing()) {
            apply(echo, rules());
            try (Socket kept = rig.connect()) {
                DataPlaneRig.exchange(kept, "x");
                apply(other, rules());
                assertThat(DataPlaneRig.exchange(kept, "y")).isEqualTo("y");
                apply(other, rules().onEndpointRemoval(new EndpointRemoval.Reset()));
                assertThat(DataPlaneRig.exchange(kept, "z")).isEqualTo("z");
            }
        }
    }

    @Test
    void connectionsAreResetAtOnceWhenTheirEndpointIsGoneAndOthersGoOn() throws Exception {
        try (TestEndpoint echo = TestEndpoint.echoing();
                TestEndpoint other = TestEndpoint.echoing()) {
            SampleRules rules = rules().onEndpointRemoval(new EndpointRemoval.Reset());
            apply(other, rules);
            try (Socket staying = rig.connect()) {
                DataPlaneRig.exchange(staying, "s");
                apply(echo, other, rules);
                Socket gone = connectTo(echo);
                apply(other, rules);

                assertThatThrownBy(() -> gone.getInputStream().read()).hasMessageContaining("reset");
                assertThat(rig.stats().ended(CloseReason.ENDPOINT_REMOVED)).isEqualTo(1);
                assertThat(DataPlaneRig.exchange(staying, "t")).isEqualTo("t");
            }
        }
    }

    @Test
    void connectionsOfADeletedServiceEndAsItsOwnerWantedLast() throws Exception {
        try (TestEndpoint echo = TestEndpoint.echoing()) {
            apply(echo, rules());
            apply(echo, rules().onEndpointRemoval(new EndpointRemoval.Drain(Duration.ofSeconds(2))));
            try (Socket client = rig.connect()) {
                DataPlaneRig.exchange(client, "x");
                rig.apply();
                assertThat(DataPlaneRig.exchange(client, "y")).isEqualTo("y");
                assertThatThrownBy(() -> client.getInputStream().read()).hasMessageContaining("reset");
            }
        }
    }

    @Test
    void connectionsAreSparedWhoseEndpointIsBackBeforeTheyHadToEnd() throws Exception {
        try (TestEndpoint one = TestEndpoint.echoing();
                TestEndpoint two = TestEndpoint.echoing();
                TestEndpoint three = TestEndpoint.echoing()) {
            SampleRules rules = rules().onEndpointRemoval(new EndpointRemoval.Drain(Duration.ofSeconds(2)));
            apply(one, two, rules);
            try (Socket spared = connectTo(one);
                    Socket gone = connectTo(two)) {
                apply(three, rules);
                apply(one, three, rules);
                assertThat(DataPlaneRig.exchange(gone, "x")).isEqualTo("x");
                assertThatThrownBy(() -> gone.getInputStream().read()).hasMessageContaining("reset");
                assertThat(DataPlaneRig.exchange(spared, "y")).isEqualTo("y");
            }
        }
    }

    @Test
    void attemptUnderWayGoesToAnotherEndpointWhenItsOwnIsGone() throws Exception {
        rig.restart(Duration.ofSeconds(50), Optional.empty(), 20_000);
        try (BlackHole dead = new BlackHole();
                TestEndpoint works = TestEndpoint.answering("ok ")) {
            SampleRules rules = rules().onEndpointRemoval(new EndpointRemoval.Reset());
            rig.apply(rig.web().endpoints(dead.address()).connections(rules.build()));
            try (Socket client = rig.connect()) {
                Await.until(() -> rig.endpoint(dead.address()).connections() == 1);
                rig.apply(rig.web().endpoints(dead.address(), works.address()).connections(rules.build()));
                apply(works, rules);

                client.shutdownOutput();
                assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("ok ");
            }
        }
    }

    @Test
    void endpointThatRefusesIsSetAsideAfterOneFailureAndComesBackWhenItAnswers() throws Exception {
        int port = FreePorts.next();
        String dead = "127.0.0.1:" + port;
        try (TestEndpoint works = TestEndpoint.answering("ok ")) {
            rig.apply(rig.web().endpoints(dead, works.address()));
            for (int i = 0; i < 20; i++) {
                assertThat(rig.ask("x")).isEqualTo("ok x");
            }
            assertThat(rig.stats().connectRetries()).isEqualTo(1);
            assertThat(rig.endpoint(dead).setAside()).isTrue();

            try (TestEndpoint _ = TestEndpoint.answeringAt(port, "back ")) {
                Await.until(() -> !rig.endpoint(dead).setAside());
                Await.until(() -> rig.ask("x").equals("back x"));
                assertThat(rig.stats().connectRetries()).isEqualTo(1);
            }
        }
    }

    @Test
    void onlyEndpointThatRefusesIsNotSetAsideForThereIsNoOther() throws Exception {
        String dead = "127.0.0.1:" + FreePorts.next();
        try (TestEndpoint works = TestEndpoint.answering("ok ")) {
            rig.apply(rig.web().endpoints(dead));
            for (int i = 0; i < 20; i++) {
                assertThatThrownBy(() -> rig.ask("x")).isInstanceOf(SocketException.class);
            }

            rig.apply(rig.web().endpoints(dead, works.address()));
            assertThat(rig.endpoint(dead).setAside()).isFalse();
        }
    }

    @Test
    void whereSettingAsideIsOffEveryTurnOfADeadEndpointIsTried() throws Exception {
        String dead = "127.0.0.1:" + FreePorts.next();
        try (TestEndpoint works = TestEndpoint.answering("ok ")) {
            rig.apply(rig.web()
                    .endpoints(dead, works.address())
                    .connections(rules().withoutSetAside().build()));
            for (int i = 0; i < 20; i++) {
                assertThat(rig.ask("x")).isEqualTo("ok x");
            }
            // A retry takes a turn too: of three turns that a dead endpoint has in two connections, it is tried at one.
            assertThat(rig.stats().connectRetries()).isGreaterThanOrEqualTo(6);
            assertThat(rig.endpoint(dead).setAside()).isFalse();
        }
    }

    @Test
    void leastConnectionsEvensOutWhatRoundRobinLeftUneven() throws Exception {
        try (TestEndpoint one = TestEndpoint.echoing();
                TestEndpoint two = TestEndpoint.echoing()) {
            apply(one, two, rules());
            try (Socket _ = connectTo(one);
                    Socket _ = connectTo(one)) {
                Await.until(() -> rig.endpoint(two.address()).connections() == 0);
                apply(one, two, rules().balance(Balance.LEAST_CONNECTIONS));
                try (Socket third = rig.connect();
                        Socket fourth = rig.connect()) {
                    DataPlaneRig.exchange(third, "x");
                    DataPlaneRig.exchange(fourth, "x");
                    assertThat(rig.endpoint(two.address()).connections()).isEqualTo(2);
                }
            }
        }
    }

    private Socket connectTo(TestEndpoint endpoint) throws IOException {
        while (true) {
            int before = rig.endpoint(endpoint.address()).connections();
            Socket socket = rig.connect();
            DataPlaneRig.exchange(socket, "c");
            if (rig.endpoint(endpoint.address()).connections() > before) {
                return socket;
            }
            socket.close();
        }
    }

    private void apply(TestEndpoint one, TestEndpoint other, SampleRules rules) {
        rig.apply(rig.web().endpoints(one.address(), other.address()).connections(rules.build()));
    }

    private void apply(TestEndpoint endpoint, SampleRules rules) {
        rig.apply(rig.web().endpoints(endpoint.address()).connections(rules.build()));
    }
}
