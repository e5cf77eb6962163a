package io.kubeferry.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PaceTest {
    private static final long SECOND = 1_000_000_000L;
    private final Pace pace =
            new Pace(new Pacing(Duration.ofSeconds(1), Duration.ofSeconds(30), Duration.ofHours(1)), 0);

    @Test
    void aRequestAfterAQuietTimeIsDueAtOnce() {
        pace.requested();
        assertThat(pace.nanosUntilDue(0)).isZero();
    }

    @Test
    void theMinimumIntervalCountsFromTheEndOfARun() {
        pace.requested();
        pace.started();
        pace.succeeded(5 * SECOND);
        pace.requested();
        assertThat(pace.nanosUntilDue(5 * SECOND)).isEqualTo(SECOND);
        assertThat(pace.nanosUntilDue(6 * SECOND)).isZero();
    }

    @Test
    void aRequestDuringARunIsForTheNextOne() {
        pace.requested();
        pace.started();
        pace.requested();
        pace.succeeded(2 * SECOND);
        assertThat(pace.nanosUntilDue(2 * SECOND)).isEqualTo(SECOND);
    }

    @Test
    void requestsBeforeAStartAreOne() {
        pace.requested();
        pace.requested();
        pace.started();
        pace.succeeded(0);
        assertThat(pace.nanosUntilDue(0)).isEqualTo(3600 * SECOND);
    }

    @Test
    void aFailureIsRepeatedAfterTheRetryInterval() {
        pace.requested();
        pace.started();
        pace.failed(0);
        assertThat(pace.nanosUntilDue(0)).isEqualTo(30 * SECOND);
    }

    @Test
    void aRequestAfterAFailureNeedNotWaitForTheRetry() {
        pace.requested();
        pace.started();
        pace.failed(0);
        pace.requested();
        assertThat(pace.nanosUntilDue(0)).isEqualTo(SECOND);
    }

    @Test
    void aGoodRunEndsTheRetry() {
        pace.started();
        pace.failed(0);
        pace.started();
        pace.succeeded(SECOND);
        assertThat(pace.nanosUntilDue(SECOND)).isEqualTo(3600 * SECOND);
    }

    @Test
    void theRetryIntervalLiesBetweenTheOtherTwo() {
        Pace slowRetry = new Pace(new Pacing(Duration.ofSeconds(1), Duration.ofHours(2), Duration.ofHours(1)), 0);
        slowRetry.failed(0);
        assertThat(slowRetry.nanosUntilDue(0)).isEqualTo(3600 * SECOND);
        Pace fastRetry = new Pace(new Pacing(Duration.ofSeconds(10), Duration.ofMillis(1), Duration.ofHours(1)), 0);
        fastRetry.failed(0);
        assertThat(fastRetry.nanosUntilDue(0)).isEqualTo(10 * SECOND);
    }

    @Test
    void intervalsInTheWrongOrderAreRefusedByName() {
        assertThatThrownBy(() -> new Pacing(Duration.ofSeconds(2), Duration.ofSeconds(30), Duration.ofSeconds(1)))
                .hasMessage("maximum interval: PT1S (expected: at least the minimum, PT2S)");
        assertThatThrownBy(() -> new Pacing(Duration.ofSeconds(-1), Duration.ofSeconds(30), Duration.ofSeconds(1)))
                .hasMessageStartingWith("minimum interval: PT-1S");
        assertThatThrownBy(() -> new Pacing(Duration.ZERO, Duration.ZERO, Duration.ofSeconds(1)))
                .hasMessageStartingWith("retry interval: PT0S");
    }
}
