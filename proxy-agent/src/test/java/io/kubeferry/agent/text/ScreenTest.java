package io.kubeferry.agent.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ScreenTest {
    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(shown, true, StandardCharsets.UTF_8);

    @Test
    void withoutATerminalTextsFollowEachOther() {
        Screen screen = new Screen(out, false);
        screen.show("one\n");
        screen.show("two\n");
        assertThat(text()).isEqualTo("one\n\ntwo\n");
    }

    @Test
    void onATerminalATextCoversTheOneBefore() {
        Screen screen = new Screen(out, true);
        screen.show("one\n");
        shown.reset();
        screen.show("two\n");
        assertThat(text()).isEqualTo("\033[Htwo\033[K\n\033[J");
    }

    private String text() {
        return shown.toString(StandardCharsets.UTF_8);
    }
}
