package io.kubeferry.core.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.model.Protocol;
import io.kubeferry.core.model.ServicePortName;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ServicePortStatsTest {
    private final ServicePortStats stats =
            new ServicePortStats(new ServicePortName("shop", "web", "http", Protocol.TCP), "http");

    @Test
    void beginsWithNothing() {
        assertThat(stats.opened()).isZero();
        assertThat(stats.active()).isZero();
        assertThat(stats.connectRetries()).isZero();
        assertThat(stats.bytesToClient()).isZero();
        assertThat(stats.bytesToEndpoint()).isZero();
        assertThat(stats.connectTime().count()).isZero();
        assertThat(stats.connectionTime().count()).isZero();
    }

    @Test
    void connectionIsActiveFromItsAcceptToItsEnd() {
        stats.connectionOpened();
        stats.connectionOpened();
        stats.connectionEnded(CloseReason.COMPLETED, Duration.ofSeconds(2).toNanos());

        assertThat(stats.opened()).isEqualTo(2);
        assertThat(stats.active()).isEqualTo(1);
        assertThat(stats.connectionTime().count()).isEqualTo(1);
        assertThat(stats.connectionTime().sumNanos())
                .isEqualTo(Duration.ofSeconds(2).toNanos());
    }

    @ParameterizedTest
    @EnumSource
    void everyReasonIsCountedApart(CloseReason reason) {
        stats.connectionOpened();
        stats.connectionEnded(reason, 1);

        for (CloseReason other : CloseReason.values()) {
            assertThat(stats.ended(other)).as(other.label()).isEqualTo(other == reason ? 1 : 0);
        }
        assertThat(stats.active()).isZero();
    }

    @Test
    void directionsAndConnectTimesAreCountedApart() {
        stats.movedToEndpoint(100);
        stats.movedToEndpoint(20);
        stats.movedToClient(3);
        stats.connectRetried();
        stats.connected(Duration.ofMillis(3).toNanos());

        assertThat(stats.bytesToEndpoint()).isEqualTo(120);
        assertThat(stats.bytesToClient()).isEqualTo(3);
        assertThat(stats.connectRetries()).isEqualTo(1);
        assertThat(stats.connectTime().sumNanos())
                .isEqualTo(Duration.ofMillis(3).toNanos());
        assertThat(stats.connectionTime().count()).isZero();
    }

    @Test
    void onlyAnEndThatSomebodyWantedIsNoFailure() {
        assertThat(Arrays.stream(CloseReason.values()).filter(reason -> !reason.isFailure()))
                .containsExactly(CloseReason.COMPLETED, CloseReason.DOWNSTREAM_ABANDONED);
    }

    @ParameterizedTest
    @EnumSource
    void labelsAreFitForMetrics(CloseReason reason) {
        assertThat(reason.label()).matches("[a-z]+(_[a-z]+)*");
    }
}
