package io.kubeferry.core.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.testing.Snapshots;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourceRangesTest {
    @ParameterizedTest
    @CsvSource({
        "without ranges everybody is allowed, '', 203.0.113.9, true",
        "a client inside the range is allowed, 203.0.113.0/24, 203.0.113.9, true",
        "a client inside the second range is allowed, 198.51.100.0/24 203.0.113.0/24, 203.0.113.9, true",
        "a client outside every range is not, 198.51.100.0/24 10.0.0.0/8, 203.0.113.9, false",
        "a pod outside every range is not allowed either, 198.51.100.0/24, 10.244.1.5, false",
        "the node outside every range is not allowed either, 198.51.100.0/24, 192.0.2.1, false",
        "a single address is a range, 203.0.113.9/32, 203.0.113.9, true",
        "and lets nobody else in, 203.0.113.9/32, 203.0.113.8, false",
        "0.0.0.0/0 among others allows everybody, 198.51.100.0/24 0.0.0.0/0, 203.0.113.9, true",
        "::/0 allows everybody, fd00::/8 ::/0, 2001:db8::9, true",
        "an IPv6 client outside the range is not allowed, fd00::/8, 2001:db8::9, false",
        "the load-balancer address itself is allowed where this node is, 192.0.2.0/24, 198.51.100.7, true",
        "and is not where this node is not, 203.0.113.0/24, 198.51.100.7, false",
    })
    void rangesDecideWhoMayUseALoadBalancerAddress(String rule, String ranges, String client, boolean allowed) {
        SourceRanges decision = new SourceRanges(
                Snapshots.ranges(ranges), Snapshots.addresses("192.0.2.1"), Snapshots.addresses("198.51.100.7"));

        assertThat(decision.allow(Snapshots.address(client))).as(rule).isEqualTo(allowed);
    }
}
