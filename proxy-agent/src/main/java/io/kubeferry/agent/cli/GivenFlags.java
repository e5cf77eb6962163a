package io.kubeferry.agent.cli;

import io.kubeferry.agent.options.GoBoolean;
import io.kubeferry.agent.options.GoDuration;
import io.kubeferry.agent.options.InvalidOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.ParseResult;

/** The flags of one command line, each with what was given. Values that cannot be are an {@link InvalidOption}. */
final class GivenFlags {
    private final ParseResult parsed;

    GivenFlags(ParseResult parsed) {
        this.parsed = parsed;
    }

    /** What was given each time for the flag of this name; empty if it was not given. */
    List<String> texts(String name) {
        return parsed.matchedOptionValue(name, List.of());
    }

    /** What was given each time. */
    List<String> texts(Flag flag) {
        return texts(flag.flag());
    }

    /** What was given last. */
    Optional<String> text(Flag flag) {
        List<String> texts = texts(flag);
        return texts.isEmpty() ? Optional.empty() : Optional.of(texts.getLast());
    }

    /** The word that is no flag, if there is one. */
    Optional<String> word() {
        return Optional.ofNullable(parsed.matchedPositionalValue(0, null));
    }

    boolean isGiven(Flag flag) {
        return !texts(flag).isEmpty();
    }

    /** The elements of a list that is given in one piece with commas, in several, or both. */
    List<String> elements(Flag flag) {
        return texts(flag).stream()
                .flatMap(text -> Stream.of(text.split(",")))
                .map(String::trim)
                .filter(element -> !element.isEmpty())
                .toList();
    }

    boolean isTrue(Flag flag) {
        return text(flag).map(text -> GoBoolean.parse(flag.flag(), text)).orElse(false);
    }

    Optional<Duration> duration(Flag flag) {
        return text(flag).map(text -> GoDuration.parse(flag.flag(), text));
    }

    OptionalInt number(Flag flag) {
        Optional<String> text = text(flag);
        if (text.isEmpty()) {
            return OptionalInt.empty();
        }
        try {
            return OptionalInt.of(Integer.parseInt(text.get().trim()));
        } catch (NumberFormatException notANumber) {
            throw new InvalidOption(flag.flag(), text.get(), "a whole number");
        }
    }

    /** One of the constants of {@code type}, in lower case, or {@code otherwise} if the flag was not given. */
    <E extends Enum<E>> E choice(Flag flag, Class<E> type, E otherwise) {
        return text(flag).map(text -> choice(flag, type, text)).orElse(otherwise);
    }

    /** The constant that {@code text} names, as a value of {@code flag}. */
    static <E extends Enum<E>> E choice(Flag flag, Class<E> type, String text) {
        E[] constants = type.getEnumConstants();
        return Arrays.stream(constants)
                .filter(constant -> spelled(constant).equals(text))
                .findFirst()
                .orElseThrow(() -> new InvalidOption(
                        flag.flag(),
                        text,
                        Arrays.stream(constants).map(GivenFlags::spelled).collect(Collectors.joining(" or "))));
    }

    private static String spelled(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
