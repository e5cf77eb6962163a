package io.kubeferry.agent.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TextTableTest {
    @Test
    void columnsAreAsWideAsTheirWidestCellAndLinesEndWithTheirText() {
        assertThat(TextTable.of(List.of(List.of("NAME", "N"), List.of("a", "1000"), List.of("longer", ""))))
                .isEqualTo("""
                NAME    N
                a       1000
                longer
                """);
    }

    @Test
    void noRowsAreNoText() {
        assertThat(TextTable.of(List.of())).isEmpty();
    }
}
