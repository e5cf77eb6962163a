package io.kubeferry.it.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.testing.FreePorts;
import io.kubeferry.it.process.RunningCommand;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The demo, as a newcomer runs it. Whoever tests with it is here: it serves always the same addresses, of which there is one
 * set, and test classes run side by side.
 */
class DemoIT {
    private static final Path IMAGE = Path.of(System.getProperty("kubeferry.image"));
    private static final Pattern MANIFESTS = Pattern.compile("The manifests are in (\\S+):");

    @Test
    void onceShowsWhoAnsweredAndEndsWell() throws Exception {
        RunningCommand.Ended ended = RunningCommand.run(Map.of(), words("--once"));
        assertThat(ended.exitCode()).as(ended.output()).isZero();
        assertThat(ended.output())
                .contains("pod-a x3, pod-b x3, pod-c x3", "node port, Local policy")
                .doesNotContain("FAIL", "Exception");
    }

    @Test
    void staysUntilCtrlCAndLeavesNothingBehind() throws Exception {
        try (RunningCommand demo = RunningCommand.start(words())) {
            demo.awaitOutput("Ctrl-C ends the demo.");
            Matcher manifests = MANIFESTS.matcher(demo.output());
            assertThat(manifests.find()).isTrue();
            assertThat(Path.of(manifests.group(1))).isDirectory();
            assertThat(demo.lines("  curl http://")).hasSize(7);
            demo.signal("INT");
            assertThat(demo.exitCode()).as(demo.output()).isZero();
            assertThat(Files.exists(Path.of(manifests.group(1)))).isFalse();
        }
    }

    @Test
    void writesAnAccessLog(@TempDir Path folder) throws Exception {
        Path log = folder.resolve("access.log");
        RunningCommand.Ended ended = RunningCommand.run(Map.of(), words("--once", "--access-log", log.toString()));
        assertThat(ended.exitCode()).as(ended.output()).isZero();
        assertThat(Files.readAllLines(log)).hasSizeGreaterThan(10).allMatch(line -> line.contains(" reason="));
    }

    @Test
    void loadsNativeLibrariesFromWhereTheyLieInTheImage() throws Exception {
        RunningCommand.Ended ended = RunningCommand.run(
                Map.of("KUBEFERRY_JAVA_OPTS", "-Xlog:library"), words("--once", "--transport=epoll"));
        assertThat(ended.exitCode()).as(ended.output()).isZero();
        assertThat(ended.output())
                .contains("Loaded library " + IMAGE.toRealPath() + "/lib/native/libnetty_transport_native_epoll");
    }

    private static List<String> words(String... more) throws Exception {
        List<String> words = new ArrayList<>(List.of("demo"));
        words.addAll(List.of("--healthz-bind-address", "127.0.0.1:" + FreePorts.next()));
        words.addAll(List.of("--metrics-bind-address", "127.0.0.1:" + FreePorts.next()));
        words.addAll(List.of("--status-bind-address", "127.0.0.1:" + FreePorts.next()));
        words.addAll(List.of(more));
        return words;
    }
}
