package io.kubeferry.it.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The image that {@code ./mvnw package} leaves behind, run as a user runs it. */
class ImageIT {
    private static final Path IMAGE = Path.of(System.getProperty("kubeferry.image"));

    @Test
    void runsOnItsOwnRuntimeAndTellsItsVersion() throws Exception {
        assertThat(run("--version")).startsWith("kubeferry 0.");
    }

    private static String run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(IMAGE.resolve("bin/kubeferry").toString());
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().remove("JAVA_HOME");
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
