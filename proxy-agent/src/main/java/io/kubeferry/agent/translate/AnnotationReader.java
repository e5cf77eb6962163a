package io.kubeferry.agent.translate;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.kubeferry.agent.options.GoDuration;
import io.kubeferry.core.model.Balance;
import io.kubeferry.core.model.ConnectionRules;
import io.kubeferry.core.model.EndpointRemoval;
import io.kubeferry.core.model.ProxyProtocol;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads the annotations {@code kubeferry.io/*} of a Service. One that makes no sense costs only itself: the default holds,
 * and the account says so. Threading: confined to one translation.
 */
final class AnnotationReader {
    private static final Duration MAX_CONNECT_TIMEOUT = Duration.ofMinutes(5);
    private static final Duration MIN_CONNECT_TIMEOUT = Duration.ofMillis(1);
    private static final Duration MIN_IDLE_TIMEOUT = Duration.ofSeconds(1);
    private static final int MAX_CONNECTIONS = 1_000_000;
    private static final String DRAIN = "drain=";

    private final FieldReader fields;
    /** In the order of names, so that the account is the same each time. */
    private final Map<String, String> annotations = new TreeMap<>();

    AnnotationReader(@Nullable ObjectMeta metadata, FieldReader fields) {
        this.fields = fields;
        if (metadata != null && metadata.getAnnotations() != null) {
            metadata.getAnnotations().forEach((key, value) -> {
                if (key != null && key.startsWith(ServiceAnnotation.PREFIX)) {
                    annotations.put(key, value == null ? "" : value);
                }
            });
        }
    }

    /** What they say. */
    ConnectionRules rules() {
        if (annotations.isEmpty()) {
            return ConnectionRules.DEFAULT;
        }
        ConnectionRules otherwise = ConnectionRules.DEFAULT;
        ConnectionRules rules = new ConnectionRules(
                read(ServiceAnnotation.BALANCE, AnnotationReader::balance).orElse(otherwise.balance()),
                read(ServiceAnnotation.PROXY_PROTOCOL, AnnotationReader::proxyProtocol),
                read(ServiceAnnotation.CONNECT_TIMEOUT, AnnotationReader::connectTimeout),
                read(ServiceAnnotation.IDLE_TIMEOUT, AnnotationReader::idleTimeout),
                read(ServiceAnnotation.MAX_CONNECTIONS, AnnotationReader::maxConnections)
                        .map(OptionalInt::of)
                        .orElse(otherwise.maxConnections()),
                read(ServiceAnnotation.ON_ENDPOINT_REMOVAL, AnnotationReader::removal)
                        .orElse(otherwise.onEndpointRemoval()),
                read(ServiceAnnotation.SET_ASIDE, AnnotationReader::setAside).orElse(otherwise.setAside()));
        annotations.keySet().stream()
                .filter(AnnotationReader::isUnknown)
                .forEach(key -> fields.ignoreAnnotation(ShownText.of(key), "is none that kubeferry knows"));
        return rules;
    }

    private <T> Optional<T> read(ServiceAnnotation annotation, Function<String, Optional<T>> parse) {
        String text = annotations.get(annotation.key());
        if (text == null) {
            return Optional.empty();
        }
        Optional<T> value = parse.apply(text.strip());
        if (value.isEmpty()) {
            fields.ignoreAnnotation(
                    annotation.key(),
                    ShownText.of(text) + " (expected: " + annotation.expected() + "), taken as "
                            + annotation.otherwise());
        }
        return value;
    }

    private static boolean isUnknown(String key) {
        return Arrays.stream(ServiceAnnotation.values())
                .noneMatch(annotation -> annotation.key().equals(key));
    }

    private static Optional<Balance> balance(String text) {
        return switch (text) {
            case "round-robin" -> Optional.of(Balance.ROUND_ROBIN);
            case "least-connections" -> Optional.of(Balance.LEAST_CONNECTIONS);
            case "random" -> Optional.of(Balance.RANDOM);
            default -> Optional.empty();
        };
    }

    private static Optional<ProxyProtocol> proxyProtocol(String text) {
        return switch (text) {
            case "v1" -> Optional.of(ProxyProtocol.V1);
            case "v2" -> Optional.of(ProxyProtocol.V2);
            default -> Optional.empty();
        };
    }

    private static Optional<Duration> connectTimeout(String text) {
        return GoDuration.parse(text)
                .filter(timeout ->
                        timeout.compareTo(MIN_CONNECT_TIMEOUT) >= 0 && timeout.compareTo(MAX_CONNECT_TIMEOUT) <= 0);
    }

    private static Optional<Duration> idleTimeout(String text) {
        return GoDuration.parse(text).filter(timeout -> timeout.compareTo(MIN_IDLE_TIMEOUT) >= 0);
    }

    private static Optional<Integer> maxConnections(String text) {
        // Short enough for an int; digits of other scripts are none.
        return text.matches("[0-9]{1,9}")
                ? Optional.of(Integer.parseInt(text)).filter(max -> max >= 1 && max <= MAX_CONNECTIONS)
                : Optional.empty();
    }

    private static Optional<EndpointRemoval> removal(String text) {
        return switch (text) {
            case "keep" -> Optional.of(new EndpointRemoval.Keep());
            case "reset" -> Optional.of(new EndpointRemoval.Reset());
            default ->
                text.startsWith(DRAIN)
                        ? GoDuration.parse(text.substring(DRAIN.length()))
                                .filter(Duration::isPositive)
                                .map(EndpointRemoval.Drain::new)
                        : Optional.empty();
        };
    }

    private static Optional<Boolean> setAside(String text) {
        return switch (text) {
            case "on" -> Optional.of(true);
            case "off" -> Optional.of(false);
            default -> Optional.empty();
        };
    }
}
