package io.kubeferry.agent.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AmountsTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "999, 999 B",
        "999.6, 1.00 kB",
        "1000, 1.00 kB",
        "1234567, 1.23 MB",
        "12345678, 12.3 MB",
        "123456789, 123 MB",
        "999600000, 1.00 GB",
        "5e18, 5000 PB"
    })
    void bytesHaveThreeDigitsAndAUnit(double bytes, String shown) {
        assertThat(Amounts.bytes(bytes)).isEqualTo(shown);
    }

    @ParameterizedTest
    @CsvSource({"0, 0/s", "0.04, 0.0/s", "3.44, 3.4/s", "9.94, 9.9/s", "9.96, 10/s", "1234.4, 1234/s"})
    void smallRatesHaveATenth(double rate, String shown) {
        assertThat(Amounts.perSecond(rate)).isEqualTo(shown);
    }
}
