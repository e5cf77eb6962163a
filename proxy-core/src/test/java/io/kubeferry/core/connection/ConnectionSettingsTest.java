package io.kubeferry.core.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConnectionSettingsTest {
    @ParameterizedTest
    @CsvSource({
        "one of several attempts gets the time-out,                    1000,  false, 0,     1000",
        "one of several attempts gets it however late,                 1000,  false, 9000,  1000",
        "the only attempt gets ten seconds,                            1000,  true,  0,     10000",
        "the last attempt gets what is left of ten seconds,            1000,  true,  2000,  8000",
        "the last attempt never gets less than the others,             1000,  true,  9500,  1000",
        "the last attempt is made even when the ten seconds are over,  1000,  true,  60000, 1000",
        "a time-out above ten seconds holds for the last attempt too,  15000, true,  0,     15000",
        "a time-out above ten seconds is not added up,                 15000, true,  14000, 15000",
    })
    void attemptTimeout(String what, long timeoutMillis, boolean last, long sinceFirstMillis, int expectedMillis) {
        ConnectionSettings settings = ConnectionSettings.of(Duration.ofMillis(timeoutMillis), 3, Optional.empty());

        int actual = settings.attemptTimeoutMillis(
                last, Duration.ofMillis(sinceFirstMillis).toNanos());

        assertThat(actual).as(what).isEqualTo(expectedMillis);
    }

    @ParameterizedTest
    @CsvSource({"PT0.000000001S, 1", "P365D, 2147483647"})
    void timeoutsThatNettyCannotCountAreBroughtIntoItsRange(Duration timeout, int expectedMillis) {
        ConnectionSettings settings = ConnectionSettings.of(timeout, 3, Optional.empty());

        assertThat(settings.attemptTimeoutMillis(false, 0)).isEqualTo(expectedMillis);
    }

    @Test
    void halfClosedConnectionsMayBeSilentForAnHour() {
        assertThat(ConnectionSettings.of(Duration.ofSeconds(1), 3, Optional.empty())
                        .halfClosedTimeout())
                .isEqualTo(Duration.ofHours(1));
    }

    @ParameterizedTest
    @CsvSource({
        "PT0S,  3, PT1M, connect timeout: PT0S (expected: > 0)",
        "PT-1S, 3, PT1M, connect timeout: PT-1S (expected: > 0)",
        "PT1S,  0, PT1M, connect attempts: 0 (expected: >= 1)",
        "PT1S,  3, PT0S, idle timeout: PT0S (expected: > 0)",
    })
    void nonsenseIsRejectedWithItsValue(Duration connect, int attempts, Duration idle, String message) {
        assertThatThrownBy(() -> ConnectionSettings.of(connect, attempts, Optional.of(idle)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }
}
