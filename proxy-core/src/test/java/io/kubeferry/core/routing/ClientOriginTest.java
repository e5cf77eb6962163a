package io.kubeferry.core.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.testing.Snapshots;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientOriginTest {
    @ParameterizedTest
    @CsvSource({
        "an address of this host, 192.0.2.1, 10.244.0.0/16, NODE",
        "loopback, 127.0.0.1, 10.244.0.0/16, NODE",
        "an address of this host inside the pods' range, 10.244.0.1, 10.244.0.0/16, NODE",
        "a pod, 10.244.1.7, 10.244.0.0/16, POD",
        "a pod of the other family, fd00:10:244::7, 10.244.0.0/16 fd00:10:244::/56, POD",
        "an outsider, 203.0.113.9, 10.244.0.0/16, OUTSIDE",
        "an IPv6 client where only IPv4 pods are known, fd00:10:244::7, 10.244.0.0/16, OUTSIDE",
        "a pod where no range is known, 10.244.1.7, '', OUTSIDE",
    })
    void isToldFromTheSourceAddress(String client, String address, String podRanges, ClientOrigin origin) {
        assertThat(ClientOrigin.of(
                        Snapshots.address(address),
                        Snapshots.addresses("192.0.2.1", "10.244.0.1"),
                        Snapshots.ranges(podRanges)))
                .as(client)
                .isEqualTo(origin);
    }
}
