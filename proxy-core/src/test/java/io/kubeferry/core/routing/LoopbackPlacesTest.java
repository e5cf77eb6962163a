package io.kubeferry.core.routing;

import static io.kubeferry.core.testing.SampleServicePort.servicePort;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.model.ServicePort;
import io.kubeferry.core.testing.Snapshots;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LoopbackPlacesTest {
    private static final HostFacts ROOT = new HostFacts(OfferedAt.LOOPBACK, List.of(), 0, true);
    private static final HostFacts USER = new HostFacts(OfferedAt.LOOPBACK, List.of(), 1024, true);
    private static final HostFacts SINGLE_ADDRESS = new HostFacts(OfferedAt.LOOPBACK, List.of(), 1024, false);

    @ParameterizedTest
    @CsvSource({
        "10.96.0.10,    80,   127.96.0.10:80",
        "10.96.0.10,    8080, 127.96.0.10:8080",
        "172.30.1.2,    443,  127.30.1.2:443",
        "192.168.0.1,   443,  127.168.0.1:443",
        "10.0.1.0,      443,  127.0.1.0:443",
        "10.255.255.254, 443, 127.255.255.254:443",
    })
    void clusterIpKeepsItsLastThreeOctetsAndItsPort(String clusterIp, int port, String place) {
        assertThat(placeOf(ROOT, clusterIp, port)).hasToString(place);
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.1", "10.0.0.0", "172.0.0.53", "10.96.0.255", "10.255.255.255", "fd00::1"})
    void clusterIpWithoutAnEquivalentGetsAPlaceFromItsName(String clusterIp) {
        assertHashed(placeOf(ROOT, clusterIp, 80), 80);
    }

    @ParameterizedTest
    @CsvSource({"80, 8080", "443, 8443", "1023, 9023"})
    void portThatMayNotBeBoundMovesUp(int port, int moved) {
        assertHashed(placeOf(USER, "10.96.0.10", port), moved);
    }

    @Test
    void firstUnprivilegedPortIsBoundAsItIs() {
        assertThat(placeOf(USER, "10.96.0.10", 1024)).hasToString("127.96.0.10:1024");
    }

    @ParameterizedTest
    @CsvSource({"80, 20000, 20000", "64000, 65000, 65535", "60000, 65535, 65535"})
    void portMovesToOneThatMayBeBoundHoweverManyMayNot(int port, int firstUnprivilegedPort, int moved) {
        HostFacts host = new HostFacts(OfferedAt.LOOPBACK, List.of(), firstUnprivilegedPort, true);

        assertHashed(placeOf(host, "10.96.0.10", port), moved);
    }

    @Test
    void placeFromANameIsTheSameInEveryRun() {
        // If these change, so do everybody's bookmarks.
        assertThat(placeOf(ROOT, "fd00::1", 80)).hasToString("127.86.87.100:80");
        assertThat(placeOf(USER, "10.96.0.10", 80)).hasToString("127.64.244.140:8080");
        assertThat(placeOf(SINGLE_ADDRESS, "10.96.0.10", 80)).hasToString("127.0.0.1:12924");
    }

    @Test
    void familiesOfOneServicePortGetPlacesOfTheirOwn() {
        assertThat(placeOf(USER, "fd00::1", 80)).isNotEqualTo(placeOf(USER, "10.96.0.10", 80));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void noWishIsKeptFree(boolean wholeLoopbackNetwork) {
        HostFacts host = new HostFacts(OfferedAt.LOOPBACK, List.of(), 1024, wholeLoopbackNetwork);

        for (ServicePort servicePort : thousandServicePorts()) {
            LoopbackPlaces places = new LoopbackPlaces(host, servicePort);
            IntStream.range(0, 300)
                    .mapToObj(places::wish)
                    .flatMap(Optional::stream)
                    .forEach(place -> {
                        assertThat(place.port()).isGreaterThanOrEqualTo(1024);
                        if (wholeLoopbackNetwork) {
                            assertThat(place.address().getHostAddress())
                                    .startsWith("127.")
                                    .doesNotEndWith(".255");
                            assertThat(place.address().getHostAddress()).doesNotStartWith("127.0.0.");
                        }
                    });
        }
    }

    @Test
    void everyPortOfTheSingleAddressIsWishedForOnce() {
        LoopbackPlaces places =
                new LoopbackPlaces(SINGLE_ADDRESS, servicePort("shop/web").build());

        assertThat(IntStream.range(0, places.count()).mapToObj(places::wish))
                .doesNotContain(Optional.empty())
                .doesNotHaveDuplicates();
    }

    @Test
    void hostWithOneLoopbackAddressGetsAPortBelowTheNodePorts() {
        ListenAddress place = placeOf(SINGLE_ADDRESS, "10.96.0.10", 80);

        assertThat(place.address()).isEqualTo(Snapshots.address("127.0.0.1"));
        assertThat(place.port()).isBetween(10_000, 29_999);
    }

    private static ListenAddress placeOf(HostFacts host, String clusterIp, int port) {
        LoopbackPlaces places = new LoopbackPlaces(
                host, servicePort("shop/web:http").clusterIp(clusterIp, port).build());
        return IntStream.range(0, 2)
                .mapToObj(places::wish)
                .flatMap(Optional::stream)
                .findFirst()
                .orElseThrow();
    }

    private static void assertHashed(ListenAddress place, int port) {
        InetAddress address = place.address();
        assertThat(address.getAddress()[0]).isEqualTo((byte) 127);
        assertThat(address.getAddress()[1]).as("second octet of %s", address).isBetween((byte) 64, (byte) 127);
        assertThat(place.port()).isEqualTo(port);
    }

    private static List<ServicePort> thousandServicePorts() {
        List<ServicePort> servicePorts = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            String clusterIp = i % 2 == 0 ? "10.96." + i / 256 + "." + i % 256 : "fd00::" + Integer.toHexString(i);
            servicePorts.add(
                    servicePort("shop/web" + i).clusterIp(clusterIp, 80).build());
        }
        return servicePorts;
    }
}
