package io.kubeferry.core;

import static io.kubeferry.core.testing.SampleRules.rules;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubeferry.core.net.TransportPreference;
import io.kubeferry.core.observe.CloseReason;
import io.kubeferry.core.testing.Await;
import io.kubeferry.core.testing.BlackHole;
import io.kubeferry.core.testing.SampleRules;
import io.kubeferry.core.testing.TestEndpoint;
import io.kubeferry.core.testing.Transports;
import java.net.Socket;
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

    private void apply(TestEndpoint endpoint, SampleRules rules) {
        rig.apply(rig.web().endpoints(endpoint.address()).connections(rules.build()));
    }
}
