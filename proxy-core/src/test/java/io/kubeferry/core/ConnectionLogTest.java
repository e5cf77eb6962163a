package io.kubeferry.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubeferry.core.net.TransportPreference;
import io.kubeferry.core.observe.CloseReason;
import io.kubeferry.core.observe.ConnectionSummary;
import io.kubeferry.core.testing.Await;
import io.kubeferry.core.testing.FreePorts;
import io.kubeferry.core.testing.TestEndpoint;
import io.kubeferry.core.testing.Transports;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

@ParameterizedClass
@MethodSource("transports")
class ConnectionLogTest {
    private final DataPlaneRig rig;

    ConnectionLogTest(TransportPreference transport) {
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
    void connectionThatWentWellIsSummedUpWhenItHasEnded() throws Exception {
        try (TestEndpoint echo = TestEndpoint.echoing()) {
            rig.apply(rig.web().endpoints(echo.address()));
            int clientPort;
            try (Socket client = rig.connect()) {
                clientPort = client.getLocalPort();
                assertThat(DataPlaneRig.exchange(client, "hello")).isEqualTo("hello");
                assertThat(rig.summaries()).isEmpty();
                client.shutdownOutput();
                assertThat(client.getInputStream().read()).isEqualTo(-1);
            }
            ConnectionSummary summary = onlySummary();
            assertThat(summary.servicePort().toString()).isEqualTo("ns/web:http");
            assertThat(summary.portLabel()).isEqualTo("http");
            assertThat(summary.client().getPort()).isEqualTo(clientPort);
            assertThat(summary.listener()).isEqualTo(new InetSocketAddress(DataPlaneRig.PLACE, rig.port()));
            assertThat(summary.endpoint().orElseThrow().toString()).endsWith(echo.address());
            assertThat(summary.attempts()).isEqualTo(1);
            assertThat(summary.connectTime().orElseThrow()).isBetween(Duration.ofNanos(1), summary.duration());
            assertThat(summary.bytesToEndpoint()).isEqualTo(5);
            assertThat(summary.bytesToClient()).isEqualTo(5);
            assertThat(summary.reason()).isEqualTo(CloseReason.COMPLETED);
        }
    }

    @Test
    void connectionThatNoEndpointTookTellsHowManyWereTried() throws Exception {
        rig.apply(rig.web().endpoints("127.0.0.1:" + FreePorts.next(), "127.0.0.1:" + FreePorts.next()));
        try (Socket client = rig.connect()) {
            assertThatThrownBy(() -> client.getInputStream().read()).hasMessageContaining("reset");
        }
        ConnectionSummary summary = onlySummary();
        assertThat(summary.reason()).isEqualTo(CloseReason.CONNECT_REFUSED);
        assertThat(summary.attempts()).isEqualTo(2);
        assertThat(summary.connectTime()).isEmpty();
        assertThat(summary.endpoint()).isPresent();
        assertThat(summary.bytesToEndpoint()).isZero();
    }

    @Test
    void everyConnectionIsToldOnceAndBytesAgreeWithTheCounts() throws Exception {
        try (TestEndpoint works = TestEndpoint.answering("ok ")) {
            rig.apply(rig.web().endpoints(works.address()));
            for (int i = 0; i < 50; i++) {
                rig.ask("request " + i);
            }
            Await.until(() -> rig.summaries().size() == 50 && rig.stats().active() == 0);
            assertThat(rig.summaries().stream()
                            .mapToLong(ConnectionSummary::bytesToEndpoint)
                            .sum())
                    .isEqualTo(rig.stats().bytesToEndpoint());
            assertThat(rig.summaries().stream()
                            .mapToLong(ConnectionSummary::bytesToClient)
                            .sum())
                    .isEqualTo(rig.stats().bytesToClient());
        }
    }

    @Test
    void liveConnectionsAreCountedForTheEndpointThatTookThem() throws Exception {
        try (TestEndpoint echo = TestEndpoint.echoing()) {
            String refusing = "127.0.0.1:" + FreePorts.next();
            rig.apply(rig.web().endpoints(echo.address(), refusing));
            try (Socket client = rig.connect();
                    Socket other = rig.connect()) {
                assertThat(DataPlaneRig.exchange(client, "hello")).isEqualTo("hello");
                assertThat(DataPlaneRig.exchange(other, "hello")).isEqualTo("hello");
                assertThat(rig.endpoint(echo.address()).connections()).isEqualTo(2);
                assertThat(rig.endpoint(refusing).connections()).isZero();
            }
            Await.until(() -> rig.stats().active() == 0);
            assertThat(rig.endpoint(echo.address()).connections()).isZero();
            assertThat(rig.stats().recentConnections().latestFirst()).hasSize(2);
        }
    }

    private ConnectionSummary onlySummary() throws Exception {
        Await.until(() -> !rig.summaries().isEmpty());
        assertThat(rig.summaries()).hasSize(1);
        return Objects.requireNonNull(rig.summaries().peek());
    }
}
