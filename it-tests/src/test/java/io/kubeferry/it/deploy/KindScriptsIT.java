package io.kubeferry.it.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The scripts for kind, on a machine that has nothing for them. */
class KindScriptsIT {
    private static final Path KIND = Path.of(System.getProperty("kubeferry.deploy"), "kind");

    @ParameterizedTest
    @CsvSource({"up, docker kind kubectl", "down, docker kind"})
    void missingCommandsAreNamed(String script, String missing, @TempDir Path empty) throws Exception {
        ProcessBuilder builder =
                new ProcessBuilder("/bin/bash", KIND.resolve(script).toString()).redirectErrorStream(true);
        builder.environment().put("PATH", empty.toString());
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isEqualTo(1);
        assertThat(output).isEqualTo("missing on this machine: " + missing + "\n");
    }
}
