package io.kubeferry.agent.translate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class AnnotationTableTest {
    private static final String BEGIN = "<!-- annotations -->\n";
    private static final String END = "<!-- /annotations -->";

    /** On failure, put what was expected between the markers. */
    @Test
    void readmeShowsTheAnnotationsAsTheyAre() throws IOException {
        String readme = Files.readString(Path.of("..", "README.md"));
        int begin = readme.indexOf(BEGIN);
        assertThat(begin).as("README.md has the marker " + BEGIN.strip()).isNotNegative();
        assertThat(readme.substring(begin + BEGIN.length(), readme.indexOf(END)))
                .isEqualTo(AnnotationTable.markdown());
    }
}
