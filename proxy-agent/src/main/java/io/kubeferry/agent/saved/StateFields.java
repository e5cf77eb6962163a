package io.kubeferry.agent.saved;

import com.fasterxml.jackson.databind.JsonNode;
import io.kubeferry.core.model.IpAddresses;
import io.kubeferry.core.model.IpCidr;
import java.net.InetAddress;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Reads the fields of one JSON object of a state file, and names the field where that cannot be done. Immutable.
 *
 * @param path of the object in the file: {@code services[3].}
 */
record StateFields(JsonNode json, String path) {
    /** Reads one element of an array. */
    @FunctionalInterface
    interface Reading<T> {
        T read(StateFields element) throws UnusableStateException;
    }

    boolean has(String field) {
        return !json.path(field).isMissingNode();
    }

    String text(String field) throws UnusableStateException {
        JsonNode value = json.path(field);
        if (!value.isTextual()) {
            throw unusable(field, value, "a text");
        }
        return value.textValue();
    }

    Optional<String> optionalText(String field) throws UnusableStateException {
        return has(field) ? Optional.of(text(field)) : Optional.empty();
    }

    long number(String field) throws UnusableStateException {
        JsonNode value = json.path(field);
        if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0) {
            throw unusable(field, value, "a number that is not negative");
        }
        return value.longValue();
    }

    int port(String field) throws UnusableStateException {
        long number = number(field);
        if (number < 1 || number > 65_535) {
            throw unusable(field, json.path(field), "1..65535");
        }
        return (int) number;
    }

    OptionalInt optionalPort(String field) throws UnusableStateException {
        return has(field) ? OptionalInt.of(port(field)) : OptionalInt.empty();
    }

    boolean truth(String field, boolean otherwise) throws UnusableStateException {
        JsonNode value = json.path(field);
        if (value.isMissingNode()) {
            return otherwise;
        }
        if (!value.isBoolean()) {
            throw unusable(field, value, "true or false");
        }
        return value.booleanValue();
    }

    <E extends Enum<E>> E choice(String field, Class<E> type) throws UnusableStateException {
        String name = text(field);
        return Arrays.stream(type.getEnumConstants())
                .filter(value -> value.name().equals(name))
                .findFirst()
                .orElseThrow(
                        () -> unusable(field, json.path(field), "one of " + Arrays.toString(type.getEnumConstants())));
    }

    InetAddress address(String field) throws UnusableStateException {
        return IpAddresses.parse(text(field)).orElseThrow(() -> unusable(field, json.path(field), "an IP address"));
    }

    Instant instant(String field) throws UnusableStateException {
        try {
            return Instant.parse(text(field));
        } catch (DateTimeException nonsense) {
            throw unusable(field, json.path(field), "a time such as 2026-01-02T03:04:05Z");
        }
    }

    Optional<Duration> optionalDuration(String field) throws UnusableStateException {
        if (!has(field)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Duration.parse(text(field)));
        } catch (DateTimeException nonsense) {
            throw unusable(field, json.path(field), "a duration such as PT3H");
        }
    }

    List<InetAddress> addresses(String field) throws UnusableStateException {
        List<InetAddress> addresses = new ArrayList<>();
        for (String text : texts(field)) {
            addresses.add(IpAddresses.parse(text).orElseThrow(() -> unusable(field, text, "IP addresses")));
        }
        return addresses;
    }

    List<IpCidr> ranges(String field) throws UnusableStateException {
        List<IpCidr> ranges = new ArrayList<>();
        for (String text : texts(field)) {
            ranges.add(IpCidr.parse(text).orElseThrow(() -> unusable(field, text, "ranges such as 10.96.0.0/16")));
        }
        return ranges;
    }

    /** None where the field is absent. */
    List<String> texts(String field) throws UnusableStateException {
        List<String> texts = new ArrayList<>();
        for (JsonNode value : array(field)) {
            if (!value.isTextual()) {
                throw unusable(field, value, "texts");
            }
            texts.add(value.textValue());
        }
        return texts;
    }

    /** None where the field is absent. */
    <T> List<T> list(String field, Reading<T> reading) throws UnusableStateException {
        List<T> list = new ArrayList<>();
        for (JsonNode value : array(field)) {
            list.add(reading.read(new StateFields(value, path + field + "[" + list.size() + "].")));
        }
        return list;
    }

    /** An object without any field where there is none. */
    StateFields object(String field) {
        return new StateFields(json.path(field), path + field + ".");
    }

    private JsonNode array(String field) throws UnusableStateException {
        JsonNode value = json.path(field);
        if (!value.isMissingNode() && !value.isArray()) {
            throw unusable(field, value, "a list");
        }
        return value;
    }

    private UnusableStateException unusable(String field, Object found, String expected) {
        Object shown = found instanceof JsonNode node && node.isMissingNode() ? "none" : found;
        return new UnusableStateException(path + field, shown, expected);
    }
}
