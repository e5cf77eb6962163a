package io.kubeferry.agent.cli;

import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Tells the parser which commands and flags there are. */
final class CommandLines {
    private static final int HELP_WIDTH = 100;
    private static final int FLAG_COLUMN_WIDTH = 34;

    private CommandLines() {}

    /** A parser of all commands. */
    static CommandLine create() {
        return create(List.of(CommandName.values()));
    }

    /**
     * A parser that understands {@code words}, which are normalized: of the command that they name, if they name one. Every
     * start would wait for those of the others.
     */
    static CommandLine createFor(List<String> words) {
        return CommandName.of(words.getFirst())
                .map(command -> create(List.of(command)))
                .orElseGet(CommandLines::create);
    }

    private static CommandLine create(List<CommandName> commands) {
        CommandSpec kubeferry = CommandSpec.create()
                .name("kubeferry")
                .versionProvider(new KubeferryVersion())
                .addOption(helpFlag())
                .addOption(versionFlag());
        kubeferry
                .usageMessage()
                .description("Carries the connections of Kubernetes Services to their pods, in user space.", "")
                .customSynopsis("kubeferry [run] [FLAGS]", "       kubeferry COMMAND [FLAGS]")
                .commandListHeading("%nCommands:%n")
                .footer(
                        "",
                        "'kubeferry COMMAND --help' shows the flags of a command. Try it without a cluster: kubeferry demo");
        for (CommandName command : commands) {
            kubeferry.addSubcommand(command.word(), spec(command));
        }
        CommandLine commandLine = new CommandLine(kubeferry);
        commandLine.setUsageHelpWidth(HELP_WIDTH).setUsageHelpLongOptionsMaxWidth(FLAG_COLUMN_WIDTH);
        return commandLine;
    }

    private static CommandSpec spec(CommandName command) {
        CommandSpec spec = CommandSpec.create()
                .name(command.word())
                .versionProvider(new KubeferryVersion())
                .addOption(helpFlag())
                .addOption(versionFlag());
        Stream.of(Flag.values())
                .filter(command::takes)
                .map(CommandLines::option)
                .forEach(spec::addOption);
        if (command.takesIgnoredFlags()) {
            Stream.of(IgnoredFlag.values()).map(CommandLines::option).forEach(spec::addOption);
        }
        if (command == CommandName.STATUS) {
            spec.addPositional(PositionalParamSpec.builder()
                    .paramLabel("[NAMESPACE/]NAME")
                    .arity("0..1")
                    .type(String.class)
                    .hidden(true)
                    .build());
        }
        spec.usageMessage()
                .description(command.summary(), "")
                .customSynopsis("kubeferry " + command.word() + " [FLAGS]"
                        + (command == CommandName.STATUS ? " [[NAMESPACE/]NAME]" : ""));
        FlagHelp.install(spec);
        if (command.takesIgnoredFlags()) {
            spec.usageMessage()
                    .footer(
                            "",
                            "Every flag of kube-proxy 1.36 is accepted. Those that are not shown here have no effect and"
                                    + " are named in the log.");
        }
        return spec;
    }

    private static OptionSpec option(Flag flag) {
        boolean defaultSaysNothing = flag.defaultText().isEmpty()
                || (flag.isTruthValue() && flag.defaultText().equals("false"));
        String description =
                defaultSaysNothing ? flag.meaning() : flag.meaning() + " Default: " + flag.defaultText() + ".";
        return valued(OptionSpec.builder(flag.names().toArray(String[]::new)))
                .paramLabel(flag.isTruthValue() ? FlagHelp.TRUTH_VALUE : flag.label())
                .hideParamSyntax(true)
                .hidden(flag.isHidden())
                .description(description.replace("%", "%%"))
                .build();
    }

    private static OptionSpec option(IgnoredFlag flag) {
        return valued(OptionSpec.builder(flag.flag())).hidden(true).build();
    }

    /** Every value is kept as text, in order; what it means is decided by who reads it. */
    private static OptionSpec.Builder valued(OptionSpec.Builder builder) {
        return builder.type(List.class).auxiliaryTypes(String.class).arity("1");
    }

    private static OptionSpec helpFlag() {
        return OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .type(boolean.class)
                .description("Show this text.")
                .build();
    }

    private static OptionSpec versionFlag() {
        return OptionSpec.builder("--version")
                .versionHelp(true)
                .type(boolean.class)
                .description("Show the version.")
                .build();
    }
}
