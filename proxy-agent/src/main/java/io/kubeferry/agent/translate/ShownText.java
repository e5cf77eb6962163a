package io.kubeferry.agent.translate;

import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Values of the API as they may stand in a log line or a table: on one line, and no longer than someone who looks at them
 * wants them. Stateless.
 */
final class ShownText {
    private static final int MAX_CHARS = 80;
    /** Fits the longest namespace and name that the API server takes. */
    private static final int MAX_NAME_CHARS = 320;

    private ShownText() {}

    /** A value of any kind; null reads {@code none}. */
    static String of(@Nullable Object value) {
        if (value == null) {
            return "none";
        }
        String text = value.toString().trim();
        return text.isEmpty() ? "\"\"" : printable(text, MAX_CHARS);
    }

    /** The kind and name of an object. */
    static String ofObject(String object) {
        return printable(object, MAX_NAME_CHARS);
    }

    private static String printable(String text, int maxChars) {
        String printable = text.codePoints()
                .limit(maxChars)
                .mapToObj(c -> isPrintable(c) ? Character.toString(c) : "?")
                .collect(Collectors.joining());
        return text.codePointCount(0, text.length()) > maxChars ? printable + "…" : printable;
    }

    /** Format characters are not: some turn the direction of writing. */
    private static boolean isPrintable(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }
}
