package io.kubeferry.core.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DurationHistogramTest {
    private final DurationHistogram histogram = new DurationHistogram(Duration.ofMillis(1), Duration.ofMillis(10));

    @Test
    void everyDurationIsCountedInTheFirstBucketThatHoldsIt() {
        record(Duration.ZERO, Duration.ofMillis(1), Duration.ofMillis(1).plusNanos(1), Duration.ofMillis(10));
        record(Duration.ofMillis(11), Duration.ofDays(1), Duration.ofDays(2));

        DurationHistogram.Reading reading = histogram.read();

        assertThat(reading.upperBoundsNanos()).containsExactly(1_000_000, 10_000_000);
        assertThat(reading.counts()).containsExactly(2, 2, 3);
        assertThat(reading.count()).isEqualTo(7);
        assertThat(reading.sumNanos())
                .isEqualTo(Duration.ofDays(3).plusMillis(23).plusNanos(1).toNanos());
    }

    @Test
    void readingDoesNotChangeAfterwards() {
        DurationHistogram.Reading before = histogram.read();

        record(Duration.ofMillis(5));
        before.upperBoundsNanos()[0] = 0;

        assertThat(before.counts()).containsExactly(0, 0, 0);
        assertThat(histogram.read().upperBoundsNanos()).containsExactly(1_000_000, 10_000_000);
        assertThat(histogram.read().counts()).containsExactly(0, 1, 0);
    }

    @Test
    void boundsMustAscend() {
        assertThatThrownBy(() -> new DurationHistogram(Duration.ofSeconds(1), Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("bucket bound: PT1S (expected: ascending)");
    }

    private void record(Duration... durations) {
        for (Duration duration : durations) {
            histogram.record(duration.toNanos());
        }
    }
}
