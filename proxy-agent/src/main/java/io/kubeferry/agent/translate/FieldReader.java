package io.kubeferry.agent.translate;

import io.kubeferry.agent.state.ObjectName;
import io.kubeferry.core.model.IpAddresses;
import io.kubeferry.core.model.IpCidr;
import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.model.Ports;
import io.kubeferry.core.model.Protocol;
import io.kubeferry.core.model.Skipped;
import java.net.InetAddress;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Reads single values of one object, and keeps account of those that cannot be used, in the order of reading.
 *
 * <p>A value that is not there (null, or blank text) is absent and no fault. Threading: confined to one translation.
 */
final class FieldReader {
    private final String object;
    private final List<Skipped> skipped = new ArrayList<>();

    /** Reads the {@code kind} called {@code name}, as users know it: {@code Service ns/name}. */
    FieldReader(String kind, ObjectName name) {
        this(kind + " " + name);
    }

    /** Reads an object that has no namespace. */
    FieldReader(String object) {
        this.object = ShownText.ofObject(object);
    }

    /** What was left out so far. */
    List<Skipped> skipped() {
        return List.copyOf(skipped);
    }

    /** Notes that something of the object as a whole is left out. */
    void skip(String reason) {
        skipped.add(new Skipped(object, "", reason));
    }

    /** Notes that {@code port}, or something of it, is left out. */
    void skipPort(String port, String reason) {
        skipped.add(new Skipped(object, port, reason));
    }

    /** Notes that {@code annotation} has no effect. */
    void ignoreAnnotation(String annotation, String reason) {
        skipped.add(
                new Skipped(object, "", "annotation " + annotation + " " + reason, Skipped.Kind.ANNOTATION_IGNORED));
    }

    /** Notes that the value of {@code field} is not what was {@code expected}. */
    void skipValue(String field, @Nullable Object value, String expected) {
        skip(unexpected(field, value, expected));
    }

    /** What users call a port: its name, or its number where it has none, or its place where it has neither. */
    static String portLabel(String name, @Nullable Integer number, int index) {
        if (!name.isEmpty()) {
            return ShownText.of(name);
        }
        return number == null ? "ports[" + index + "]" : number.toString();
    }

    Optional<InetAddress> address(String field, @Nullable String text) {
        if (text == null || text.isBlank()) {
            return Optional.empty();
        }
        Optional<InetAddress> address = IpAddresses.parse(text);
        if (address.isEmpty()) {
            skipValue(field, text, "an IP address");
        }
        return address;
    }

    /** An address of {@code family}; one of the other family cannot be used either. */
    Optional<InetAddress> address(String field, @Nullable String text, IpFamily family) {
        if (text == null || text.isBlank()) {
            return Optional.empty();
        }
        Optional<InetAddress> address = IpAddresses.parse(text).filter(parsed -> IpFamily.of(parsed) == family);
        if (address.isEmpty()) {
            skipValue(field, text, "an " + family.kubernetesName() + " address");
        }
        return address;
    }

    Optional<IpCidr> cidr(String field, @Nullable String text) {
        if (text == null || text.isBlank()) {
            return Optional.empty();
        }
        Optional<IpCidr> cidr = IpCidr.parse(text);
        if (cidr.isEmpty()) {
            skipValue(field, text, "a range such as 10.0.0.0/8");
        }
        return cidr;
    }

    Optional<Instant> instant(String field, @Nullable String text) {
        if (text == null || text.isBlank()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Instant.parse(text));
        } catch (DateTimeParseException notAnInstant) {
            skipValue(field, text, "a time such as 2025-01-01T00:00:00Z");
            return Optional.empty();
        }
    }

    /** The number of {@code port}'s {@code field}. Here even an absent number is a fault. */
    OptionalInt portNumber(String port, String field, @Nullable Integer number) {
        if (number == null || !Ports.isValid(number)) {
            skipPort(port, unexpected(field, number, "1.." + Ports.MAX));
            return OptionalInt.empty();
        }
        return OptionalInt.of(number);
    }

    /** The protocol of {@code port}; the API's default is TCP. */
    Optional<Protocol> protocol(String port, @Nullable String text) {
        Optional<String> name = ObjectFields.nonEmpty(text);
        if (name.isEmpty()) {
            return Optional.of(Protocol.TCP);
        }
        Optional<Protocol> protocol = constant(Protocol.values(), name.get());
        if (protocol.isEmpty()) {
            skipPort(port, unexpected("protocol", text, "TCP, UDP or SCTP"));
        }
        return protocol;
    }

    /** The IP family called {@code text}. */
    Optional<IpFamily> family(String field, @Nullable String text) {
        Optional<IpFamily> family = Arrays.stream(IpFamily.values())
                .filter(candidate -> candidate.kubernetesName().equals(text))
                .findFirst();
        if (family.isEmpty()) {
            skipValue(field, text, "IPv4 or IPv6");
        }
        return family;
    }

    private static <E extends Enum<E>> Optional<E> constant(E[] constants, String name) {
        return Arrays.stream(constants)
                .filter(constant -> constant.name().equals(name))
                .findFirst();
    }

    private static String unexpected(String field, @Nullable Object value, String expected) {
        return field + " " + ShownText.of(value) + " (expected: " + expected + ")";
    }
}
