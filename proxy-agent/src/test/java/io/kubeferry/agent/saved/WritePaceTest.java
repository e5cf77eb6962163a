package io.kubeferry.agent.saved;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WritePaceTest {
    private static final Duration QUICK = Duration.ofMillis(2);

    private final WritePace pace = new WritePace();
    private Duration now = Duration.ofDays(-1);

    @Test
    void nothingIsWrittenBeforeThereIsSomething() {
        assertThat(due()).isFalse();
        wait(WritePace.REFRESH);
        assertThat(due()).isFalse();
        pace.changed();
        assertThat(due()).isTrue();
    }

    @Test
    void changesAreWrittenAtMostOnceASecond() {
        pace.changed();
        write(QUICK);
        pace.changed();
        assertThat(due()).isFalse();
        wait(WritePace.MIN_PAUSE.minusNanos(1));
        assertThat(due()).isFalse();
        wait(Duration.ofNanos(1));
        assertThat(due()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"200, 4", "400, 8", "600, 10", "30000, 10"})
    void aDiskThatIsSlowIsLeftAloneForLonger(long writeMillis, long pauseSeconds) {
        pace.changed();
        write(Duration.ofMillis(writeMillis));
        pace.changed();
        wait(Duration.ofSeconds(pauseSeconds).minusNanos(1));
        assertThat(due()).isFalse();
        wait(Duration.ofNanos(1));
        assertThat(due()).isTrue();
    }

    @Test
    void withoutAChangeTheFileIsWrittenAgainWellBeforeItIsTooOld() {
        pace.changed();
        write(QUICK);
        wait(WritePace.REFRESH.minusNanos(1));
        assertThat(due()).isFalse();
        wait(Duration.ofNanos(1));
        assertThat(due()).isTrue();
        assertThat(WritePace.REFRESH).isLessThan(Restoration.MAX_AGE.dividedBy(4));
    }

    @Test
    void aChangeDuringAWriteIsNotLost() {
        pace.changed();
        pace.begins();
        pace.changed();
        pace.succeeded(now.toNanos(), now.toNanos());
        wait(WritePace.MIN_PAUSE);
        assertThat(due()).isTrue();
    }

    @Test
    void aWriteThatFailedIsTriedAgainAfterAWhile() {
        pace.changed();
        pace.begins();
        pace.failed(now.toNanos());
        assertThat(pace.isResting(now.toNanos())).isTrue();
        wait(WritePace.RETRY.minusNanos(1));
        assertThat(due()).isFalse();
        wait(Duration.ofNanos(1));
        assertThat(pace.isResting(now.toNanos())).isFalse();
        assertThat(due()).isTrue();
    }

    private void write(Duration took) {
        pace.begins();
        long began = now.toNanos();
        wait(took);
        pace.succeeded(began, now.toNanos());
    }

    private void wait(Duration by) {
        now = now.plus(by);
    }

    private boolean due() {
        return pace.isDue(now.toNanos());
    }
}
