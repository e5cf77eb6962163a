package io.kubeferry.core.model;

import static io.kubeferry.core.testing.SampleServicePort.servicePort;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubeferry.core.testing.SampleEndpoint;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServicePortTest {
    @ParameterizedTest
    @CsvSource({"shop/web:http, http", "shop/web, 8080"})
    void portIsShownByItsNameOrElseByItsNumber(String name, String label) {
        ServicePort servicePort =
                servicePort(name).clusterIp("10.96.0.10", 8080).build();

        assertThat(servicePort.name()).hasToString(name);
        assertThat(servicePort.portLabel()).isEqualTo(label);
    }

    @Test
    void servicePortsAreOrderedByNamespaceThenServiceThenPortThenFamily() {
        List<ServicePortKey> ordered = Stream.of(
                        servicePort("a/z:b"),
                        servicePort("b/a"),
                        servicePort("b/a:a"),
                        servicePort("b/a:a").clusterIp("fd00::1", 80),
                        servicePort("b/b"))
                .map(sample -> sample.build().key())
                .toList();

        assertThat(ordered.reversed().stream().sorted()).isEqualTo(ordered);
    }

    @Test
    void endpointsAreOrderedByNumberNotByText() {
        assertThat(Stream.of("[fd00::1]:80", "10.0.0.10:80", "200.0.0.1:80", "10.0.0.9:8080", "10.0.0.9:80")
                        .map(text -> SampleEndpoint.endpoint(text).build())
                        .sorted(Endpoint.ORDER)
                        .map(Endpoint::toString))
                .containsExactly("10.0.0.9:80", "10.0.0.9:8080", "10.0.0.10:80", "200.0.0.1:80", "[fd00::1]:80");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 65_536})
    void portNumbersAreChecked(int number) {
        assertThatThrownBy(() ->
                        servicePort("shop/web").clusterIp("10.96.0.10", number).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("port: " + number + " (expected: 1..65535)");
        assertThatThrownBy(() -> servicePort("shop/web").nodePort(number).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("node port: " + number + " (expected: 1..65535)");
    }
}
