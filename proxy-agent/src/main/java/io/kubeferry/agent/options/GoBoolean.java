package io.kubeferry.agent.options;

import java.util.Optional;
import java.util.Set;

/** Truth values as Go's {@code strconv.ParseBool} reads them. */
public final class GoBoolean {
    /** What to tell a user who wrote something else. */
    public static final String EXPECTED = "true or false";

    private static final Set<String> TRUE = Set.of("1", "t", "T", "TRUE", "true", "True");
    private static final Set<String> FALSE = Set.of("0", "f", "F", "FALSE", "false", "False");

    private GoBoolean() {}

    /** The truth value that {@code text} spells, if it spells one. */
    public static Optional<Boolean> parse(String text) {
        return TRUE.contains(text) ? Optional.of(true) : FALSE.contains(text) ? Optional.of(false) : Optional.empty();
    }

    /** The truth value that {@code text} spells, or an {@link InvalidOption} that names {@code option}. */
    public static boolean parse(String option, String text) {
        return parse(text).orElseThrow(() -> new InvalidOption(option, text, EXPECTED));
    }
}
