package io.kubeferry.agent.cli;

import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** The flags of kubeferry as a Markdown table, made from what the parser knows. */
final class FlagTable {
    private static final String HEAD = "| Flag | Default | Meaning |\n|---|---|---|\n";

    private FlagTable() {}

    /** The table, ending with a line break. */
    static String markdown() {
        Map<String, CommandLine> commands = CommandLines.create().getSubcommands();
        return Stream.of(Flag.values())
                .filter(flag -> !flag.isHidden())
                .map(flag -> row(flag, option(commands, flag)))
                .collect(Collectors.joining("", HEAD, ""));
    }

    private static OptionSpec option(Map<String, CommandLine> commands, Flag flag) {
        return commands.values().stream()
                .map(command -> command.getCommandSpec().findOption(flag.flag()))
                .filter(option -> option != null)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(flag.flag() + " belongs to no command"));
    }

    private static String row(Flag flag, OptionSpec option) {
        String names = Stream.of(option.names())
                .map(name -> "`" + name + (flag.isTruthValue() ? "" : " " + option.paramLabel()) + "`")
                .collect(Collectors.joining(", "));
        return "| %s | %s | %s |%n"
                .formatted(cell(names), cell(flag.defaultText()), cell(flag.meaning()))
                .replace(System.lineSeparator(), "\n");
    }

    private static String cell(String text) {
        return text.replace("|", "\\|");
    }
}
