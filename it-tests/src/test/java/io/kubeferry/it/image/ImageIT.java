package io.kubeferry.it.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The image that {@code ./mvnw package} leaves behind, run as a user runs it. */
class ImageIT {
    private static final Path IMAGE = Path.of(System.getProperty("kubeferry.image"));

    /** The JVM refuses to start where the cache does not fit, and tells which it is. */
    private static final String CACHE_IS_A_MUST = "-XX:AOTMode=on -XX:+PrintCommandLineFlags";

    @Test
    void runsOnItsOwnRuntimeAndTellsItsVersion() throws Exception {
        assertThat(run("--version")).startsWith("kubeferry 0.");
    }

    @Test
    void startsOnManifestsWithTheClassesOfSuchAStart(@TempDir Path manifests) throws Exception {
        assertThat(run(IMAGE, CACHE_IS_A_MUST, "plan", "--manifests", manifests.toString()))
                .contains("/runtime/manifests.aot");
    }

    @Test
    void startsOtherwiseWithTheClassesOfAStartOnAnApiServer() throws Exception {
        assertThat(run(IMAGE, CACHE_IS_A_MUST, "--version")).contains("/runtime/api-server.aot");
    }

    @Test
    void aCopyWhoseCacheDoesNotFitStartsWithoutAWordAboutIt(@TempDir Path elsewhere) throws Exception {
        Path copy = elsewhere.resolve("a copy");
        try (Stream<Path> files = Files.walk(IMAGE)) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(IMAGE.relativize(file)));
            }
        }
        assertThat(run(copy, "", "--version")).startsWith("kubeferry 0.").hasLineCount(1);
    }

    private static String run(String... arguments) throws IOException, InterruptedException {
        return run(IMAGE, "", arguments);
    }

    private static String run(Path image, String javaOptions, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(image.resolve("bin/kubeferry").toString());
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().remove("JAVA_HOME");
        builder.environment().put("KUBEFERRY_JAVA_OPTS", javaOptions);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
