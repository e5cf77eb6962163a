package io.kubeferry.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.model.IpFamily;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SyncHealthTest {
    private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");
    private final AtomicLong nanos = new AtomicLong();
    private final SyncHealth health =
            new SyncHealth(Duration.ofSeconds(60), nanos::get, () -> START.plusNanos(nanos.get()));

    @Test
    void withNothingQueuedItStaysHealthyForEver() {
        health.updated(IpFamily.IPV4);
        turnClock(Duration.ofDays(30));
        assertThat(health.report().healthy()).isTrue();
        assertThat(health.report().lastUpdated()).contains(START);
    }

    @Test
    void aQueuedSyncMayTakeJustLessThanTheTimeout() {
        health.updated(IpFamily.IPV4);
        health.queued(IpFamily.IPV4);
        turnClock(Duration.ofSeconds(60).minusNanos(1));
        assertThat(health.report().healthy()).isTrue();
        turnClock(Duration.ofNanos(1));
        assertThat(health.report().healthy()).isFalse();
    }

    @Test
    void onlyTheOldestRequestCounts() {
        health.updated(IpFamily.IPV4);
        health.queued(IpFamily.IPV4);
        turnClock(Duration.ofSeconds(50));
        health.queued(IpFamily.IPV4);
        turnClock(Duration.ofSeconds(10));
        assertThat(health.report().healthy()).isFalse();
    }

    @Test
    void aSuccessfulSyncMakesItHealthyAgain() {
        health.updated(IpFamily.IPV4);
        health.queued(IpFamily.IPV4);
        turnClock(Duration.ofMinutes(2));
        health.updated(IpFamily.IPV4);
        assertThat(health.report().healthy()).isTrue();
        assertThat(health.report().lastUpdated()).contains(START.plusSeconds(120));
    }

    @Test
    void oneLateFamilyMakesTheWholeUnhealthyButNotTheOther() {
        health.updated(IpFamily.IPV4);
        health.updated(IpFamily.IPV6);
        health.queued(IpFamily.IPV6);
        turnClock(Duration.ofSeconds(60));
        SyncHealth.Report report = health.report();
        assertThat(report.healthy()).isFalse();
        assertThat(report.families())
                .containsEntry(IpFamily.IPV4, new SyncHealth.Family(START, true))
                .containsEntry(IpFamily.IPV6, new SyncHealth.Family(START, false));
    }

    @Test
    void beforeTheStartNothingIsKnownAndNothingIsWrong() {
        health.queued(IpFamily.IPV4);
        turnClock(Duration.ofMinutes(5));
        assertThat(health.report().healthy()).isTrue();
        assertThat(health.report().families()).isEmpty();
        assertThat(health.report().lastUpdated()).isEmpty();
    }

    private void turnClock(Duration by) {
        nanos.addAndGet(by.toNanos());
    }
}
