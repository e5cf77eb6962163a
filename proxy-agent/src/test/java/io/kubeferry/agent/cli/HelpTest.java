package io.kubeferry.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class HelpTest {
    private static final int WIDTH = 100;

    private final Console console = new Console();

    @ParameterizedTest
    @ValueSource(strings = {"--help", "-h", "run --help", "demo -h", "plan --help", "--manifests folder --help"})
    void fitsTheTerminal(String line) {
        assertThat(console.execute(line.split(" "))).isEqualTo(ExitCode.OK);
        assertThat(console.out().lines()).allMatch(shown -> shown.length() <= WIDTH);
        assertThat(console.err()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(CommandName.class)
    void namesEveryFlagOfTheCommandAndNoOther(CommandName command) {
        console.execute(command.word(), "--help");

        for (Flag flag : Flag.values()) {
            boolean expected = command.takes(flag) && !flag.isHidden();
            for (String name : flag.names()) {
                assertThat(console.out()
                                .lines()
                                .anyMatch(line -> line.matches(" +(-\\w, |--.*, )*" + name + "[=, ].*")
                                        || line.matches(" +(-\\w, |--.*, )*" + name)))
                        .as(name)
                        .isEqualTo(expected);
            }
        }
        assertThat(console.out()).doesNotContain("--conntrack-min", "BOOL ", "PARAM");
    }

    @Test
    void isGroupedAndTellsDefaults() {
        console.execute("run", "--help");

        assertThat(console.out())
                .contains("\nCluster:\n", "\nThis node:\n", "\nConnections:\n", "\nHealth and metrics:\n")
                .containsPattern("--connect-attempts=N +How many endpoints .*\\R +Default: 3\\.");
    }

    @Test
    void listsTheCommands() {
        console.execute("--help");

        assertThat(console.out())
                .contains(Arrays.stream(CommandName.values())
                        .map(command -> "\n  " + command.word() + " ")
                        .toList());
    }
}
