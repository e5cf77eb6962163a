package io.kubeferry.core.routing;

import static io.kubeferry.core.testing.SampleServicePort.servicePort;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.model.Endpoint;
import io.kubeferry.core.model.ServicePort;
import io.kubeferry.core.model.Skipped;
import io.kubeferry.core.testing.Snapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EndpointFilterTest {
    private static final Set<ListenAddress> SERVED = Set.of(
            new ListenAddress(Snapshots.address("10.96.0.10"), 80),
            new ListenAddress(Snapshots.address("127.96.0.10"), 80),
            new ListenAddress(Snapshots.address("fd00::10"), 80));

    @ParameterizedTest
    @CsvSource({
        "API_SERVER, 10.244.0.5:80,    ",
        "API_SERVER, 10.96.0.10:81,    ",
        "API_SERVER, '[fd00::10]:81',  ",
        "API_SERVER, 10.96.0.10:80,    itself an address served here",
        "API_SERVER, '[fd00::10]:80',  itself an address served here",
        "API_SERVER, 127.0.0.1:8080,   a loopback address",
        "API_SERVER, 127.5.5.5:8080,   a loopback address",
        "API_SERVER, '[::1]:8080',     a loopback address",
        "API_SERVER, 169.254.169.254:80, a link-local address",
        "API_SERVER, '[fe80::1]:80',   a link-local address",
        "API_SERVER, 0.0.0.0:80,       not a unicast address",
        "API_SERVER, '[::]:80',        not a unicast address",
        "API_SERVER, 224.0.0.1:80,     not a unicast address",
        "API_SERVER, '[ff02::1]:80',   not a unicast address",
        "MANIFESTS,  127.0.0.1:8080,   ",
        "MANIFESTS,  '[::1]:8080',     ",
        "MANIFESTS,  169.254.1.1:80,   ",
        "MANIFESTS,  127.96.0.10:80,   itself an address served here",
        "MANIFESTS,  0.0.0.0:80,       not a unicast address",
    })
    void endpointIsKeptUnlessSomethingSpeaksAgainstItsAddress(
            EndpointOrigin origin, String endpoint, String objection) {
        ServicePort servicePort =
                servicePort("shop/web:http").endpoints(endpoint).build();
        List<Skipped> skipped = new ArrayList<>();

        ServicePort filtered = new EndpointFilter(SERVED, origin).filter(servicePort, skipped);

        if (objection == null) {
            assertThat(filtered).isSameAs(servicePort);
            assertThat(skipped).isEmpty();
        } else {
            assertThat(filtered.endpoints()).isEmpty();
            assertThat(skipped)
                    .extracting(Skipped::toString)
                    .containsExactly("Service shop/web port http: endpoint " + endpoint + " is " + objection
                            + ", connections do not go there");
        }
    }

    @Test
    void theOtherEndpointsStay() {
        ServicePort servicePort = servicePort("shop/web")
                .endpoints("10.244.0.5:80", "127.0.0.1:80", "10.244.0.6:80")
                .build();

        ServicePort filtered =
                new EndpointFilter(SERVED, EndpointOrigin.API_SERVER).filter(servicePort, new ArrayList<>());

        assertThat(filtered.endpoints())
                .extracting(Endpoint::toString)
                .containsExactly("10.244.0.5:80", "10.244.0.6:80");
        assertThat(filtered.key()).isEqualTo(servicePort.key());
    }
}
