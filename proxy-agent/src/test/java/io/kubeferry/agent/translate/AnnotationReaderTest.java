package io.kubeferry.agent.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.kubeferry.agent.state.ClusterEvent;
import io.kubeferry.core.model.Balance;
import io.kubeferry.core.model.ConnectionRules;
import io.kubeferry.core.model.EndpointRemoval;
import io.kubeferry.core.model.ProxyProtocol;
import io.kubeferry.core.model.Skipped;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

class AnnotationReaderTest {
    private static final int NONSENSE = 1_000;
    private static final String LETTERS = "abcdefxyz-=_.,:;/ 0123456789smhv\u00b5\u0663\u202e\n\t\"'{}[]\ud83d\ude00";

    record Good(String annotation, String value, Function<ConnectionRules, Object> rule, Object expected) {
        @Override
        public String toString() {
            return annotation + ": " + value;
        }
    }

    private static Good row(String annotation, String value, Function<ConnectionRules, Object> rule, Object expected) {
        return new Good(annotation, value, rule, expected);
    }

    static final List<Good> GOOD = List.of(
            row("balance", "round-robin", ConnectionRules::balance, Balance.ROUND_ROBIN),
            row("balance", " least-connections ", ConnectionRules::balance, Balance.LEAST_CONNECTIONS),
            row("balance", "random", ConnectionRules::balance, Balance.RANDOM),
            row("proxy-protocol", "v1", rules -> rules.proxyProtocol().orElseThrow(), ProxyProtocol.V1),
            row("proxy-protocol", "v2", rules -> rules.proxyProtocol().orElseThrow(), ProxyProtocol.V2),
            row("connect-timeout", "250ms", rules -> rules.connectTimeout().orElseThrow(), Duration.ofMillis(250)),
            row("connect-timeout", "5m", rules -> rules.connectTimeout().orElseThrow(), Duration.ofMinutes(5)),
            row("idle-timeout", "1s", rules -> rules.idleTimeout().orElseThrow(), Duration.ofSeconds(1)),
            row("max-connections", "1", rules -> rules.maxConnections().orElseThrow(), 1),
            row("max-connections", "1000000", rules -> rules.maxConnections().orElseThrow(), 1_000_000),
            row("on-endpoint-removal", "keep", ConnectionRules::onEndpointRemoval, new EndpointRemoval.Keep()),
            row(
                    "on-endpoint-removal",
                    "drain=1m30s",
                    ConnectionRules::onEndpointRemoval,
                    new EndpointRemoval.Drain(Duration.ofSeconds(90))),
            row("on-endpoint-removal", "reset", ConnectionRules::onEndpointRemoval, new EndpointRemoval.Reset()),
            row("set-aside", "on", ConnectionRules::setAside, true),
            row("set-aside", "off", ConnectionRules::setAside, false));

    @ParameterizedTest
    @FieldSource("GOOD")
    void valueThatMakesSenseIsTakenAsWritten(Good row) {
        ClusterEvent event =
                ServiceTranslator.translate(annotated(Map.of("kubeferry.io/" + row.annotation, row.value)));

        assertThat(row.rule.apply(rules(event))).isEqualTo(row.expected);
        assertThat(Yaml.skipped(event)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "balance | fastest | fastest (expected: round-robin, least-connections or random), taken as round-robin",
                "balance | '' | \"\" (expected: round-robin, least-connections or random), taken as round-robin",
                "balance | Random | Random (expected: round-robin, least-connections or random), taken as round-robin",
                "proxy-protocol | v3 | v3 (expected: v1 or v2), taken as none",
                "connect-timeout | 0s | 0s (expected: a duration from 1ms to 5m), taken as --connect-timeout",
                "connect-timeout | 6m | 6m (expected: a duration from 1ms to 5m), taken as --connect-timeout",
                "connect-timeout | 10 | 10 (expected: a duration from 1ms to 5m), taken as --connect-timeout",
                "idle-timeout | -5s | -5s (expected: a duration of 1s or more), taken as --idle-timeout",
                "idle-timeout | 999ms | 999ms (expected: a duration of 1s or more), taken as --idle-timeout",
                "max-connections | 0 | 0 (expected: a number from 1 to 1000000), taken as none",
                "max-connections | 1000001 | 1000001 (expected: a number from 1 to 1000000), taken as none",
                "max-connections | 99999999999 | 99999999999 (expected: a number from 1 to 1000000), taken as none",
                "max-connections | +5 | +5 (expected: a number from 1 to 1000000), taken as none",
                "on-endpoint-removal | drain | drain (expected: keep, drain=DURATION or reset), taken as keep",
                "on-endpoint-removal | drain=0 | drain=0 (expected: keep, drain=DURATION or reset), taken as keep",
                "set-aside | no | no (expected: on or off), taken as on",
            })
    void valueThatMakesNoSenseIsNamedWithWhatHoldsInstead(String annotation, String value, String complaint) {
        ClusterEvent event = ServiceTranslator.translate(annotated(Map.of("kubeferry.io/" + annotation, value)));

        assertThat(rules(event)).isEqualTo(ConnectionRules.DEFAULT);
        assertThat(Yaml.skipped(event))
                .containsExactly("Service shop/web: annotation kubeferry.io/" + annotation + " " + complaint);
    }

    @Test
    void unknownAnnotationOfOursIsNamedAndThoseOfOthersAreNot() {
        ClusterEvent event = ServiceTranslator.translate(
                annotated(Map.of("kubeferry.io/balanse", "random", "example.com/balance", "fastest")));

        assertThat(Yaml.skipped(event))
                .containsExactly("Service shop/web: annotation kubeferry.io/balanse is none that kubeferry knows");
    }

    @Test
    void oneBadValueLeavesTheOtherAnnotationsInForce() {
        ClusterEvent event = ServiceTranslator.translate(
                annotated(Map.of("kubeferry.io/balance", "fastest", "kubeferry.io/max-connections", "7")));

        assertThat(rules(event).maxConnections()).hasValue(7);
        assertThat(Yaml.skipped(event)).hasSize(1);
    }

    @Test
    void nullValueThrowsNothing() {
        Map<String, String> withNull = new HashMap<>();
        withNull.put("kubeferry.io/balance", null);

        assertThat(Yaml.skipped(ServiceTranslator.translate(annotated(withNull))))
                .hasSize(1);
    }

    /** Each is named in one short line, and the Service is served by the default. */
    @Test
    void aThousandNonsenseValuesChangeNothing() {
        Random random = new Random(8);
        List<ServiceAnnotation> annotations = List.of(ServiceAnnotation.values());
        for (int i = 0; i < NONSENSE; i++) {
            ServiceAnnotation annotation = annotations.get(i % annotations.size());
            String value = nonsense(random);
            ClusterEvent event = ServiceTranslator.translate(annotated(Map.of(annotation.key(), value)));

            assertThat(rules(event)).as(value).isEqualTo(ConnectionRules.DEFAULT);
            assertThat(skipped(event)).as(value).singleElement().satisfies(one -> {
                assertThat(one.kind()).isEqualTo(Skipped.Kind.ANNOTATION_IGNORED);
                assertThat(one.toString())
                        .startsWith("Service shop/web: annotation " + annotation.key() + " ")
                        .contains("(expected: " + annotation.expected() + "), taken as " + annotation.otherwise())
                        .hasSizeLessThan(300)
                        .matches(line -> line.chars().noneMatch(Character::isISOControl));
            });
        }
    }

    /** Random text that no annotation means anything by: the mark makes sure. */
    private static String nonsense(Random random) {
        StringBuilder text = new StringBuilder(random.nextBoolean() ? "drain=" : "");
        int length = random.nextInt(random.nextInt(10) == 0 ? 5_000 : 12);
        for (int i = 0; i < length; i++) {
            text.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return text.append('!').toString();
    }

    private static Service annotated(Map<String, String> annotations) {
        return new ServiceBuilder(Yaml.serviceWith("{clusterIP: 10.0.0.1, ports: [{port: 80}]}"))
                .editMetadata()
                .withAnnotations(annotations)
                .endMetadata()
                .build();
    }

    private static ConnectionRules rules(ClusterEvent event) {
        return ((ClusterEvent.ServiceApplied) event).service().connections();
    }

    private static List<Skipped> skipped(ClusterEvent event) {
        return ((ClusterEvent.ServiceApplied) event).skipped();
    }
}
