package io.kubeferry.agent.accesslog;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ReportPaceTest {
    private final ReportPace pace = new ReportPace();

    @Test
    void troubleThatGoesOnIsToldMoreAndMoreRarely() {
        assertThat(toldAt(0, 3600)).containsExactly(0L, 10L, 30L, 70L, 150L, 310L, 630L, 1230L, 1830L, 2430L, 3030L);
    }

    @Test
    void troubleAfterALongTimeWithoutIsToldAtOnceAndAgainSoon() {
        toldAt(0, 3600);
        assertThat(toldAt(10_000, 10_050)).containsExactly(10_000L, 10_010L, 10_030L);
    }

    /** The seconds at which it is told, where there is trouble in every second. */
    private List<Long> toldAt(long from, long to) {
        return LongStream.range(from, to)
                .filter(second -> pace.isDue(Duration.ofSeconds(second).toNanos()))
                .boxed()
                .toList();
    }
}
