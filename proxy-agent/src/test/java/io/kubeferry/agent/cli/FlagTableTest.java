package io.kubeferry.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class FlagTableTest {
    private static final String BEGIN = "<!-- flags -->\n";
    private static final String END = "<!-- /flags -->";

    /** On failure, put what was expected between the markers. */
    @Test
    void readmeShowsTheFlagsAsTheyAre() throws IOException {
        String readme = Files.readString(Path.of("..", "README.md"));
        int begin = readme.indexOf(BEGIN);
        assertThat(begin).as("README.md has the marker " + BEGIN.strip()).isNotNegative();
        assertThat(readme.substring(begin + BEGIN.length(), readme.indexOf(END)))
                .isEqualTo(FlagTable.markdown());
    }

    @Test
    void aRowTellsFlagDefaultAndMeaning() {
        assertThat(FlagTable.markdown())
                .startsWith("| Flag | Default | Meaning |\n|---|---|---|\n")
                .contains(
                        "| `--transport auto\\|io_uring\\|epoll\\|nio` | auto | How bytes get in and out of the kernel")
                .contains("| `--masquerade-all` | false | The same as --source-address node. |\n");
    }
}
