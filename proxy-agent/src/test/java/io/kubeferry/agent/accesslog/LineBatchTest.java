package io.kubeferry.agent.accesslog;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LineBatchTest {
    /** Two lines of three bytes with their ends: {@code aé} and {@code xyz}. */
    private static final List<String> LINES = List.of("aé", "xyz");

    @ParameterizedTest
    @CsvSource({
        // position, whole lines, cut
        "0, 0, false",
        "1, 0, true",
        "3, 0, true",
        "4, 1, false",
        "5, 1, true",
        "7, 1, true",
        "8, 2, false"
    })
    void aLineCountsWhenItsEndIsWritten(int position, int whole, boolean cut) {
        LineBatch batch = LineBatch.of(LINES, false);
        assertThat(batch.wholeLines(position)).isEqualTo(whole);
        assertThat(batch.isCutAt(position)).isEqualTo(cut);
    }

    @ParameterizedTest
    @CsvSource({"0, 0, true", "1, 0, false", "2, 0, true", "5, 1, false", "9, 2, false"})
    void afterACutLineTheBatchBeginsWithALineBreak(int position, int whole, boolean cut) {
        LineBatch batch = LineBatch.of(LINES, true);
        assertThat(batch.wholeLines(position)).isEqualTo(whole);
        assertThat(batch.isCutAt(position)).isEqualTo(cut);
    }

    @Test
    void bytesAreTheLinesWithTheirEnds() {
        assertThat(text(LineBatch.of(LINES, false))).isEqualTo("aé\nxyz\n");
        assertThat(text(LineBatch.of(LINES, true))).isEqualTo("\naé\nxyz\n");
    }

    private static String text(LineBatch batch) {
        return StandardCharsets.UTF_8.decode(batch.bytes()).toString();
    }
}
