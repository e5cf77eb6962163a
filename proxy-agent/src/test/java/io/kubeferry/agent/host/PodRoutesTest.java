package io.kubeferry.agent.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.model.IpAddresses;
import java.net.InetAddress;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodRoutesTest {
    private static final String HEADER = "Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT";

    /** A node with an uplink, a bridge with pods, a pod with a route of its own, and a tunnel to another node. */
    private static final PodRoutes NODE = PodRoutes.parse(
            Stream.of(
                    HEADER,
                    "eth0 00000000 FE071FAC 0003 0 0 0 00000000 0 0 0",
                    "eth0 00071FAC 00000000 0001 0 0 0 00FFFFFF 0 0 0",
                    "cni0 0003F40A 00000000 0001 0 0 0 00FFFFFF 0 0 0",
                    "cali7 0A01F40A 00000000 0005 0 0 0 FFFFFFFF 0 0 0",
                    "down0 0009F40A 00000000 0000 0 0 0 00FFFFFF 0 0 0",
                    "flannel.1 0002F40A 0002F40A 0003 0 0 0 00FFFFFF 0 0 0"),
            Stream.of(
                    "fd440003000000000000000000000000 40 00000000000000000000000000000000 00"
                            + " 00000000000000000000000000000000 00000100 00000001 00000000 00000001     cni0",
                    "fd440002000000000000000000000000 40 00000000000000000000000000000000 00"
                            + " fd770000000000000000000000000002 00000400 00000001 00000000 00000003     eth0",
                    "fe800000000000000000000000000000 40 00000000000000000000000000000000 00"
                            + " 00000000000000000000000000000000 00000100 00000001 00000000 00000001     cni0",
                    "00000000000000000000000000000001 80 00000000000000000000000000000000 00"
                            + " 00000000000000000000000000000000 00000000 00000001 00000000 80200001       lo"));

    @ParameterizedTest
    @CsvSource({
        "10.244.3.9,      true,  behind the bridge",
        "10.244.1.10,     true,  the pod with a route of its own",
        "10.244.1.11,     false, its neighbour has none",
        "10.244.2.9,      false, behind the tunnel",
        "10.244.9.9,      false, the route is down",
        "172.31.7.9,      false, on the uplink's own network",
        "192.0.2.1,       false, behind the default route",
        "fd44:3::9,       true,  behind the bridge",
        "fd44:2::9,       false, behind another node",
        "fe80::9,         false, link-local",
        "::1,             false, the host itself"
    })
    void aPodOfThisNodeIsWhoIsReachedWithoutAGateway(String client, boolean isPod, String because) {
        assertThat(NODE.leadTo(address(client))).as(because).isEqualTo(isPod);
    }

    @Test
    void twoPodsShareADeviceOnlyWhereOneRouteLeadsToBoth() {
        assertThat(NODE.shared(address("10.244.3.9"), address("10.244.3.10")))
                .hasValueSatisfying(route -> assertThat(route.device()).isEqualTo("cni0"));
        assertThat(NODE.shared(address("10.244.3.9"), address("10.244.1.10"))).isEmpty();
        assertThat(NODE.shared(address("10.244.1.10"), address("10.244.1.10"))).isEmpty();
    }

    @Test
    void podsBehindABridgeAreThoseOfItsRoutes() {
        assertThat(NODE.behind(Map.of("cni0", "02:00:00:00:00:01", "docker0", "02:00:00:00:00:02")))
                .extracting(BridgedPods::toString)
                .containsExactlyInAnyOrder(
                        "BridgedPods[range=10.244.3.0/24, mac=02:00:00:00:00:01]",
                        "BridgedPods[range=fd44:3::/64, mac=02:00:00:00:00:01]");
    }

    @Test
    void linesThatMakeNoSenseAreLeftOut() {
        PodRoutes routes = PodRoutes.parse(Stream.of(HEADER, "", "cni0 nonsense"), Stream.of("", "fd44 40"));
        assertThat(routes).isEqualTo(PodRoutes.NONE);
    }

    private static InetAddress address(String text) {
        return IpAddresses.parse(text).orElseThrow();
    }
}
