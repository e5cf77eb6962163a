package io.kubeferry.agent.saved;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StateFolderTest {
    @TempDir
    private Path parent;

    private Path path;
    private StateFolder folder;

    @BeforeEach
    void make() throws Exception {
        path = parent.resolve("var/kubeferry");
        folder = new StateFolder(path);
        folder.make();
    }

    @Test
    void whatIsWrittenIsRead() throws Exception {
        assertThat(folder.read()).isEmpty();
        folder.write(Samples.full());
        assertThat(folder.read()).contains(Samples.full());
        SavedState other = Samples.with(Samples.full(), Map.of());
        folder.write(other);
        assertThat(folder.read()).contains(other);
    }

    @Test
    void folderAndFileAreForThisUserOnly() throws Exception {
        folder.write(Samples.full());
        assertThat(mode(path)).isEqualTo("rwx------");
        assertThat(mode(folder.file())).isEqualTo("rw-------");
    }

    @Test
    void nothingElseIsLeftBehind() throws Exception {
        folder.write(Samples.full());
        try (var files = Files.list(path)) {
            assertThat(files).containsExactly(folder.file());
        }
    }

    @Test
    void whatAProcessThatWasKilledHasLeftIsOverwritten() throws Exception {
        Files.writeString(path.resolve("state.json.new"), "half a fi");
        folder.write(Samples.full());
        assertThat(folder.read()).contains(Samples.full());
    }

    @Test
    void aWriteThatFailsLeavesTheFileAsItWas() throws Exception {
        folder.write(Samples.full());
        // What is no file cannot be overwritten, by root either.
        Files.createDirectories(path.resolve("state.json.new/inside"));
        assertThatThrownBy(() -> folder.write(Samples.with(Samples.full(), Map.of())))
                .isInstanceOf(IOException.class);
        assertThat(folder.read()).contains(Samples.full());
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r--r--", "rw-rw----", "rw-----w-", "rwx------"})
    void aFileThatOthersMayUseIsNotBelieved(String permissions) throws Exception {
        folder.write(Samples.full());
        Files.setPosixFilePermissions(folder.file(), PosixFilePermissions.fromString(permissions));
        assertThatThrownBy(folder::read)
                .isInstanceOf(UnusableStateException.class)
                .hasMessageMatching("mode: 0\\d{3} \\(expected: 0600\\)");
    }

    @Test
    void aLinkIsNotFollowed() throws Exception {
        folder.write(Samples.full());
        Path elsewhere = Files.move(folder.file(), parent.resolve("elsewhere"));
        Files.createSymbolicLink(folder.file(), elsewhere);
        assertThatThrownBy(folder::read).hasMessage("type: another one (expected: a file)");
    }

    @Test
    void aFolderThatIsNoneIsNamed() throws Exception {
        Path file = Files.writeString(parent.resolve("file"), "");
        StateFolder none = new StateFolder(file);
        assertThatThrownBy(none::make)
                .isInstanceOfSatisfying(
                        IOException.class,
                        failure -> assertThat(FailureWords.of(failure)).isEqualTo(file + " is there and is no folder"));
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
