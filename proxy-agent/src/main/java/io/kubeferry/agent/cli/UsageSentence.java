package io.kubeferry.agent.cli;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says in one sentence what is wrong with a command line. */
final class UsageSentence {
    private static final int LETTERS_PER_SLIP = 8;

    private UsageSentence() {}

    static String of(ParameterException failure) {
        return switch (failure) {
            case UnmatchedArgumentException unmatched -> unmatched(unmatched);
            case MissingParameterException missing
            when missing.getMissing().size() == 1 && missing.getMissing().getFirst() instanceof OptionSpec option ->
                option.names()[0] + ": no value (expected: " + option.paramLabel() + ")";
            default -> firstLine(failure);
        };
    }

    private static String unmatched(UnmatchedArgumentException failure) {
        String word = failure.getUnmatched().getFirst();
        boolean isFlag = word.startsWith("-");
        if (!isFlag && failure.getCommandLine().getParent() == null) {
            String commands =
                    Arrays.stream(CommandName.values()).map(CommandName::word).collect(Collectors.joining(", "));
            return "unknown command: " + word + " (expected: one of " + commands + ")";
        }
        if (!isFlag) {
            return "unexpected argument: " + word + " (expected: flags only)";
        }
        String name = word.split("=", 2)[0];
        return nearest(failure.getCommandLine().getCommandSpec().options(), name)
                .map(flag -> "unknown flag: " + name + " (did you mean " + flag + "?)")
                .orElse("unknown flag: " + name);
    }

    private static Optional<String> nearest(List<OptionSpec> flags, String name) {
        int tolerance = 1 + name.length() / LETTERS_PER_SLIP;
        return flags.stream()
                .flatMap(flag -> Arrays.stream(flag.names()))
                .filter(known -> distance(known, name) <= tolerance)
                .min(Comparator.comparingInt(known -> distance(known, name)));
    }

    /** How many letters must be put in, taken out or replaced to make one word the other (Levenshtein). */
    private static int distance(String a, String b) {
        int[] row = IntStream.rangeClosed(0, b.length()).toArray();
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }

    private static String firstLine(Exception failure) {
        return String.valueOf(failure.getMessage()).lines().findFirst().orElse("the command line is malformed");
    }
}
