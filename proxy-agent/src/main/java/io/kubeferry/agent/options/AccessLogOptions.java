package io.kubeferry.agent.options;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a line about each connection is written. Immutable.
 *
 * @param file appended to; empty means standard output
 */
public record AccessLogOptions(Optional<Path> file, AccessLogFormat format) {
    /** What people call it: the file's name, or {@code standard output}. */
    public String name() {
        return file.map(Path::toString).orElse("standard output");
    }

    /** The log that {@code text} spells: a file's name, or {@code -} for standard output. */
    public static AccessLogOptions parse(String option, String text, AccessLogFormat format) {
        if (text.isBlank()) {
            throw new InvalidOption(option, text, "a file, or - for standard output");
        }
        return new AccessLogOptions(text.equals("-") ? Optional.empty() : Optional.of(Path.of(text)), format);
    }
}
