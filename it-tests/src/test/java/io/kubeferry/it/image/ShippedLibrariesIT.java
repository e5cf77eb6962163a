package io.kubeferry.it.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds what the image ships to a list, so that no codec or native library that nobody uses slips in. */
class ShippedLibrariesIT {
    private static final Path LIBRARIES = Path.of(System.getProperty("kubeferry.image"), "lib");

    /** From the version to the ending, keeping a classifier: {@code -4.2.18.Final-linux-x86_64.jar}. */
    private static final Pattern VERSION = Pattern.compile("-[0-9][^-]*(?:-SNAPSHOT)?(-linux-[a-z0-9_]+)?\\.jar$");

    @Test
    void imageShipsTheListedLibrariesAndNoOthers() throws IOException {
        assertThat(shipped()).isEqualTo(listed());
    }

    private static List<String> shipped() throws IOException {
        try (Stream<Path> files = Files.walk(LIBRARIES)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> VERSION.matcher(LIBRARIES.relativize(file).toString())
                            .replaceFirst(match -> Objects.requireNonNullElse(match.group(1), "")))
                    .sorted()
                    .toList();
        }
    }

    private static List<String> listed() throws IOException {
        try (var list = Objects.requireNonNull(ShippedLibrariesIT.class.getResourceAsStream("shipped-libraries.txt"))) {
            return new String(list.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .sorted()
                    .toList();
        }
    }
}
