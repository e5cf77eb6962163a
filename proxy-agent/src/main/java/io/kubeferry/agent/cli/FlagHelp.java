package io.kubeferry.agent.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** Shows the flags of a command under the headings of their groups. */
final class FlagHelp {
    /** The label of a flag that needs no value. */
    static final String TRUTH_VALUE = "BOOL";

    private FlagHelp() {}

    static void install(CommandSpec spec) {
        spec.usageMessage()
                .sectionMap()
                .put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, help -> render(help, spec.options()));
    }

    private static String render(Help help, List<OptionSpec> options) {
        List<OptionSpec> shown =
                options.stream().filter(option -> !option.hidden()).toList();
        int columnWidth = help.calcLongOptionColumnWidth(shown, List.of(), help.colorScheme());
        int width = help.commandSpec().usageMessage().width();
        StringBuilder text = new StringBuilder();
        for (FlagGroup group : FlagGroup.values()) {
            List<OptionSpec> members =
                    shown.stream().filter(option -> groupOf(option) == group).toList();
            if (!members.isEmpty()) {
                Help.Layout layout = new Help.Layout(
                        help.colorScheme(), Help.TextTable.forDefaultColumns(help.colorScheme(), columnWidth, width));
                layout.addOptions(new ArrayList<>(members), new LabelRenderer());
                text.append(group.heading()).append(':').append(System.lineSeparator());
                text.append(layout).append(System.lineSeparator());
            }
        }
        return text.toString().stripTrailing() + System.lineSeparator();
    }

    private static FlagGroup groupOf(OptionSpec option) {
        Optional<FlagGroup> group = Arrays.stream(Flag.values())
                .filter(flag -> flag.names().contains(option.longestName()))
                .map(Flag::group)
                .findFirst();
        return group.orElse(FlagGroup.GENERAL);
    }

    /** Shows a label unless no value is needed. */
    private static final class LabelRenderer implements Help.IParamLabelRenderer {
        private static final String SEPARATOR = "=";

        @Override
        public Help.Ansi.Text renderParameterLabel(ArgSpec flag, Help.Ansi ansi, List<Help.Ansi.IStyle> styles) {
            boolean shown = flag.arity().max() > 0 && !flag.paramLabel().equals(TRUTH_VALUE);
            return ansi.text(shown ? SEPARATOR + flag.paramLabel() : "");
        }

        @Override
        public String separator() {
            return SEPARATOR;
        }
    }
}
