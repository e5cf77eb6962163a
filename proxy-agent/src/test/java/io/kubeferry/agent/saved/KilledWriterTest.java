package io.kubeferry.agent.saved;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that is killed amid its writes leaves a file that can be read, each time. */
class KilledWriterTest {
    private static final int KILLS = 10;
    private static final int CLIENTS = 3_000;

    @TempDir
    private Path path;

    @Test
    void whatIsLeftIsWhole() throws Exception {
        for (int i = 0; i < KILLS; i++) {
            Process writer = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Writer.class.getName(),
                            path.toString())
                    .redirectErrorStream(true)
                    .start();
            try (BufferedReader lines = writer.inputReader(StandardCharsets.UTF_8)) {
                // So many writes, and a part of one.
                for (int writes = ThreadLocalRandom.current().nextInt(1, 20); writes > 0; writes--) {
                    assertThat(lines.readLine()).isEqualTo("written");
                }
            } finally {
                writer.destroyForcibly().waitFor();
            }
            assertThat(new StateFolder(path).read())
                    .hasValueSatisfying(state ->
                            assertThat(state.clients().get(Samples.WEB)).hasSize(CLIENTS));
        }
    }

    /** Writes for ever. */
    static final class Writer {
        private Writer() {}

        public static void main(String[] arguments) throws Exception {
            StateFolder folder = new StateFolder(Path.of(arguments[0]));
            var clients = new ArrayList<>(List.of(Samples.client("192.0.2.1", 1)));
            while (clients.size() < CLIENTS) {
                clients.add(Samples.client("192.0.2.1", clients.size()));
            }
            SavedState state = Samples.with(Samples.full(), Map.of(Samples.WEB, clients));
            while (true) {
                folder.write(state);
                System.out.println("written");
            }
        }
    }
}
