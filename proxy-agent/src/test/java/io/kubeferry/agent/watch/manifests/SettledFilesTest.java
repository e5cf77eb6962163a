package io.kubeferry.agent.watch.manifests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class SettledFilesTest {
    private final SettledFiles files = new SettledFiles(Map.of("a", "1", "b", "1"));

    @Test
    void changeCountsOnceItWasSeenTwice() {
        assertThat(files.look(Map.of("a", "2", "b", "1"))).isEmpty();
        assertThat(files.look(Map.of("a", "2", "b", "1"))).containsExactly("a");
        assertThat(files.look(Map.of("a", "2", "b", "1"))).isEmpty();
    }

    @Test
    void fileThatKeepsChangingIsLeftAlone() {
        assertThat(files.look(Map.of("a", "2", "b", "1"))).isEmpty();
        assertThat(files.look(Map.of("a", "3", "b", "1"))).isEmpty();
        assertThat(files.look(Map.of("a", "3", "b", "1"))).containsExactly("a");
    }

    @Test
    void fileThatIsMovedAwayAndBackIsNoChange() {
        assertThat(files.look(Map.of("b", "1"))).isEmpty();
        assertThat(files.look(Map.of("a", "1", "b", "1"))).isEmpty();
        assertThat(files.look(Map.of("a", "1", "b", "1"))).isEmpty();
    }

    @Test
    void goneAndNewFilesCountToo() {
        assertThat(files.look(Map.of("b", "1", "c", "1"))).isEmpty();
        assertThat(files.look(Map.of("b", "1", "c", "1"))).containsExactly("a", "c");
        assertThat(files.look(Map.of("b", "1", "c", "1"))).isEmpty();
    }
}
