package io.kubeferry.agent.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GoDurationTest {
    @ParameterizedTest
    @CsvSource({
        "0, PT0S",
        "1s, PT1S",
        "1m30s, PT1M30S",
        "100ms, PT0.1S",
        "1.5h, PT1H30M",
        ".5s, PT0.5S",
        "1.s, PT1S",
        "+2s, PT2S",
        "-2s, PT-2S",
        "7us, PT0.000007S",
        "7µs, PT0.000007S",
        "24h0m0s, PT24H"
    })
    void readsWhatGoReads(String text, Duration duration) {
        assertThat(GoDuration.parse(text)).hasValue(duration);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "s", "1 s", "1s 2s", "1d", "-", ".", ".s", "1e3s", "9999999999h", "1sx"})
    void refusesWhatGoRefuses(String text) {
        assertThat(GoDuration.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "PT0S, 0s",
        "PT1S, 1s",
        "PT15M, 15m0s",
        "PT24H, 24h0m0s",
        "PT1.5S, 1.5s",
        "PT0.1S, 100ms",
        "PT0.0000015S, 1.5µs",
        "PT0.000000007S, 7ns",
        "PT10S, 10s",
        "PT-90S, -1m30s"
    })
    void writesAsGoDoes(Duration duration, String text) {
        assertThat(GoDuration.format(duration)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"5", "soon"})
    void namesTheOptionAndWhatItTakes(String text) {
        assertThatThrownBy(() -> GoDuration.parse("--connect-timeout", text))
                .hasMessage("--connect-timeout: " + text + " (expected: a duration such as 1s, 1m30s or 100ms)");
    }
}
