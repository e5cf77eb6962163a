package io.kubeferry.it.badinput;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.it.process.FakeCluster;
import io.kubeferry.it.process.RunningCommand;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a user can get wrong before anything runs: one sentence that names it, and an exit code. */
class StartIT {
    private static final int FAILURE = 1;
    private static final int USAGE = 2;

    @TempDir
    private static Path folder;

    /** {@code FOLDER} in an argument stands for the folder of the test. */
    record Row(int exitCode, List<String> arguments, List<String> words) {
        Row(int exitCode, String arguments, String... words) {
            this(exitCode, List.of(arguments.split(" ")), List.of(words));
        }
    }

    private static Stream<Row> rows() {
        return Stream.of(
                new Row(FAILURE, "run --kubeconfig FOLDER/none", "kubeconfig", "/none does not exist"),
                new Row(FAILURE, "run --kubeconfig FOLDER", "is a folder"),
                new Row(FAILURE, "run --kubeconfig FOLDER/broken", "/broken is no kubeconfig", "line 2"),
                new Row(FAILURE, "run --kubeconfig FOLDER/kubeconfig --context nope", "nope", "/kubeconfig"),
                new Row(
                        FAILURE,
                        "run --access-log FOLDER/none/log",
                        "access log ",
                        "/none/log cannot be written: its folder"),
                new Row(FAILURE, "run --access-log FOLDER", "access log ", " cannot be written: Is a directory"),
                new Row(
                        USAGE,
                        "run --access-log-format json",
                        "--access-log-format: json (expected: only together with"),
                new Row(USAGE, "run --bogus", "unknown flag: --bogus"),
                new Row(USAGE, "--bogus", "unknown flag: --bogus"),
                new Row(USAGE, "swim", "unknown command: swim"),
                new Row(USAGE, "run --connect-attempts zero", "--connect-attempts: zero (expected: "),
                new Row(USAGE, "run --drain-timeout soon", "--drain-timeout: soon (expected: "),
                new Row(USAGE, "run --transport pigeon", "--transport: pigeon (expected: "),
                new Row(USAGE, "run --metrics-bind-address 127.0.0.1:http", "--metrics-bind-address: 127.0.0.1:http"),
                new Row(USAGE, "run --nodeport-addresses 10.0.0.0/64", "--nodeport-addresses: 10.0.0.0/64"),
                new Row(USAGE, "run --manifests FOLDER/none", "--manifests: ", "/none (expected: "));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void oneSentenceNamesWhatIsWrong(Row row) throws Exception {
        Files.writeString(folder.resolve("broken"), "clusters: [\n");
        FakeCluster.kubeconfig(folder, "http://127.0.0.1:1");
        List<String> arguments = row.arguments().stream()
                .map(argument -> argument.replace("FOLDER", folder.toString()))
                .toList();
        RunningCommand.Ended ended = RunningCommand.run(Map.of(), arguments);
        assertThat(ended.output().lines()).as(ended.output()).hasSize(1);
        assertThat(ended.output()).contains(row.words());
        assertThat(ended.exitCode()).as(ended.output()).isEqualTo(row.exitCode());
    }
}
