package io.kubeferry.agent.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Brings the words of a command line into the one form that the parser knows. */
final class Arguments {
    private static final Set<String> FOR_KUBEFERRY_ITSELF = Set.of("-h", "--help", "--version");

    private static final Set<String> TRUTH_VALUES = Stream.concat(
                    Arrays.stream(Flag.values()).filter(Flag::isTruthValue).flatMap(flag -> flag.names().stream()),
                    Arrays.stream(IgnoredFlag.values())
                            .filter(IgnoredFlag::isTruthValue)
                            .map(IgnoredFlag::flag))
            .collect(Collectors.toUnmodifiableSet());

    private Arguments() {}

    /**
     * The same words with a command in front ({@code run} if there is none), with dashes for underscores in names of
     * flags (as kube-proxy's {@code WordSepNormalizeFunc}), with a value for truth values that have none, and without the
     * value of {@code --version=raw}.
     */
    static List<String> normalize(List<String> words) {
        List<String> normalized = new ArrayList<>();
        boolean flagsEnded = false;
        for (String word : words) {
            flagsEnded |= word.equals("--");
            normalized.add(flagsEnded || !word.startsWith("--") ? word : normalizeFlag(word));
        }
        boolean namesCommand = !normalized.isEmpty()
                && (FOR_KUBEFERRY_ITSELF.contains(normalized.getFirst())
                        || !normalized.getFirst().startsWith("-"));
        if (!namesCommand) {
            normalized.addFirst(CommandName.RUN.word());
        }
        return normalized;
    }

    private static String normalizeFlag(String word) {
        int equals = word.indexOf('=');
        String name = (equals < 0 ? word : word.substring(0, equals)).replace('_', '-');
        if (name.equals("--version")) {
            return name;
        }
        if (equals < 0) {
            return TRUTH_VALUES.contains(name) ? name + "=true" : name;
        }
        return name + word.substring(equals);
    }
}
