package io.kubeferry.agent.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class MetricTableTest {
    private static final String BEGIN = "<!-- metrics -->\n";
    private static final String END = "<!-- /metrics -->";

    /** On failure, put what was expected between the markers. */
    @Test
    void readmeShowsTheMetricsAsTheyAre() throws IOException {
        String readme = Files.readString(Path.of("..", "README.md"));
        int begin = readme.indexOf(BEGIN);
        assertThat(begin).as("README.md has the marker " + BEGIN.strip()).isNotNegative();
        assertThat(readme.substring(begin + BEGIN.length(), readme.indexOf(END)))
                .isEqualTo(MetricTable.markdown());
    }

    @Test
    void aRowTellsTypeUnitLabelsAndMeaning() {
        assertThat(MetricTable.markdown())
                .contains(
                        "| `kubeferry_connect_duration_seconds` | histogram | seconds |"
                                + " `namespace`, `service`, `port` | Time that successful connect attempts to endpoints took. |\n")
                .contains("| `kubeferry_bytes_total` | counter | bytes |")
                .contains("| `kubeferry_accept_pauses_total` | counter |  |  |");
    }
}
