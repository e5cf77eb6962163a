package io.kubeferry.agent.saved;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.model.RememberedClient;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AffinityMarkTest {
    /** Of a Service with a time-out of three hours. */
    private static final long NOW = Duration.ofHours(100).toNanos();

    @Test
    void timeAloneIsNoReasonToWrite() {
        assertThat(mark(NOW + Duration.ofHours(1).toNanos(), client("192.0.2.1", 3_605)))
                .isEqualTo(mark(NOW, client("192.0.2.1", 5)));
    }

    @Test
    void theOrderIsNone() {
        assertThat(mark(NOW, client("192.0.2.1", 5), client("192.0.2.2", 5)))
                .isEqualTo(mark(NOW, client("192.0.2.2", 5), client("192.0.2.1", 5)));
    }

    @Test
    void clientsThatComeGoOrMoveAreReasons() {
        long before = mark(NOW, client("192.0.2.1", 5));
        assertThat(mark(NOW, client("192.0.2.1", 5), client("192.0.2.2", 5))).isNotEqualTo(before);
        assertThat(mark(NOW)).isNotEqualTo(before);
        assertThat(mark(
                        NOW,
                        new RememberedClient(
                                Samples.ip("192.0.2.1"), Samples.ip("10.244.1.6"), 8080, Duration.ofSeconds(5))))
                .isNotEqualTo(before);
    }

    @Test
    void aClientThatIsStillThereAfterAQuarterOfTheTimeOutIsAReason() {
        long later = NOW + Duration.ofMinutes(45).toNanos();
        assertThat(mark(later, client("192.0.2.1", 5))).isNotEqualTo(mark(NOW, client("192.0.2.1", 5)));
    }

    private static RememberedClient client(String address, int idleSeconds) {
        return Samples.client(address, idleSeconds);
    }

    private static long mark(long now, RememberedClient... clients) {
        return AffinityMark.of(Map.of(Samples.WEB, Arrays.asList(clients)), List.of(Samples.web()), now);
    }
}
