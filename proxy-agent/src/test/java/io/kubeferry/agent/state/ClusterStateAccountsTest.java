package io.kubeferry.agent.state;

import static io.kubeferry.agent.state.Records.NOT_READY;
import static io.kubeferry.agent.state.Records.READY;
import static io.kubeferry.agent.state.Records.TERMINATING;
import static io.kubeferry.agent.state.Records.applied;
import static io.kubeferry.agent.state.Records.ip;
import static io.kubeferry.agent.state.Records.name;
import static io.kubeferry.agent.state.Records.pod;
import static io.kubeferry.agent.state.Records.pods;
import static io.kubeferry.agent.state.Records.port;
import static io.kubeferry.agent.state.Records.ports;
import static io.kubeferry.agent.state.Records.service;
import static io.kubeferry.agent.state.Records.slice;
import static io.kubeferry.agent.state.Records.sliceChangedAt;
import static io.kubeferry.agent.state.Records.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.model.ProxySnapshot;
import io.kubeferry.core.model.Skipped;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** What the state tells beside snapshots: this node, health-check ports, change times, and what is left out. */
class ClusterStateAccountsTest {
    private static final Instant START = Instant.parse("2025-01-01T00:00:00Z");

    private final ClusterState state = new ClusterState("n1", Optional.empty(), START);

    private static ClusterEvent node(String name, String zone, boolean eligible, String... addresses) {
        return new ClusterEvent.NodeApplied(new NodeRecord(
                name,
                Optional.of(zone),
                List.of(addresses).stream().map(Records::ip).toList(),
                eligible));
    }

    @Test
    void nodeIsUnknownUntilItsObjectComesAndStaysWhenThatGoes() {
        assertThat(state.node()).isEmpty();
        assertThat(state.snapshot().node().zone()).isEmpty();
        assertThat(state.apply(node("n1", "a", true, "192.0.2.1"))).isTrue();
        assertThat(state.apply(new ClusterEvent.NodeRemoved("n1"))).isFalse();
        assertThat(state.snapshot().node().zone()).contains("a");
        assertThat(state.snapshot().node().addresses()).containsExactly(ip("192.0.2.1"));
        assertThat(state.node().orElseThrow().eligible()).isTrue();
    }

    @Test
    void changedZoneMakesANewSnapshotWithTheSameEntries() {
        state.apply(node("n1", "a", true));
        state.apply(applied(service("web", port("", 80))));
        ProxySnapshot before = state.snapshot();
        assertThat(state.apply(node("n1", "b", true))).isTrue();
        ProxySnapshot after = state.snapshot();
        assertThat(after.generation()).isGreaterThan(before.generation());
        assertThat(after.node().zone()).contains("b");
        assertThat(Records.entry(after, "web", "")).isSameAs(Records.entry(before, "web", ""));
    }

    @Test
    void eligibilityConcernsTheHealthServersAndNotTheSnapshot() {
        state.apply(node("n1", "a", true));
        ProxySnapshot before = state.snapshot();
        assertThat(state.apply(node("n1", "a", false))).isTrue();
        assertThat(state.apply(node("n1", "a", false))).isFalse();
        assertThat(state.node().orElseThrow().eligible()).isFalse();
        assertThat(state.snapshot()).isSameAs(before);
    }

    @Test
    void otherNodesChangeNothing() {
        assertThat(state.apply(node("n2", "a", true))).isFalse();
        assertThat(state.node()).isEmpty();
    }

    @Test
    void assumedZoneCountsUntilANodeTells() {
        ClusterState inAssumedZone = new ClusterState("n1", Optional.of("z"), START);
        inAssumedZone.apply(node("n2", "b", true));
        assertThat(inAssumedZone.snapshot().node().zone()).contains("z");
        inAssumedZone.apply(node("n1", "a", true));
        assertThat(inAssumedZone.snapshot().node().zone()).contains("a");
        inAssumedZone.apply(node("n1", "", true));
        assertThat(inAssumedZone.snapshot().node().zone()).isEmpty();
    }

    @Test
    void healthCheckPortCountsDistinctAddressesOfReadyEndpointsOnThisNode() {
        state.apply(applied(service(
                "web",
                Map.of(IpFamily.IPV4, ip("10.0.0.1"), IpFamily.IPV6, ip("fd00::1")),
                OptionalInt.of(32_000),
                port("a", 80))));
        state.apply(applied(slice(
                "web-1",
                "web",
                ports(tcp("a", 1), tcp("b", 2)),
                pod("10.1.0.1", "n1", READY),
                pod("10.1.0.2", "n1", READY),
                pod("10.1.0.3", "n1", TERMINATING),
                pod("10.1.0.4", "n1", NOT_READY),
                pod("10.1.0.5", "n2", READY))));
        state.apply(applied(slice("web-2", "web", ports(tcp("a", 3)), pod("10.1.0.1", "n1", READY))));
        state.apply(applied(slice("web-6", "web", ports(tcp("a", 1)), pod("fd00:1::1", "n1", READY))));
        state.snapshot();
        assertThat(state.healthCheckNodePorts())
                .containsExactly(
                        new HealthCheckNodePort(name("web"), IpFamily.IPV4, 32_000, 2),
                        new HealthCheckNodePort(name("web"), IpFamily.IPV6, 32_000, 1));
    }

    @Test
    void healthCheckPortIsThereWithoutEndpointsAndGoesWithThePolicyOrTheService() {
        ServiceRecord checked =
                service("web", Map.of(IpFamily.IPV4, ip("10.0.0.1")), OptionalInt.of(32_000), port("", 80));
        state.apply(applied(checked));
        state.snapshot();
        assertThat(state.healthCheckNodePorts())
                .containsExactly(new HealthCheckNodePort(name("web"), IpFamily.IPV4, 32_000, 0));
        state.apply(applied(service("web", port("", 80))));
        state.snapshot();
        assertThat(state.healthCheckNodePorts()).isEmpty();
        state.apply(applied(checked));
        state.apply(new ClusterEvent.ServiceRemoved(name("web")));
        state.snapshot();
        assertThat(state.healthCheckNodePorts()).isEmpty();
    }

    @Test
    void withoutANodeNameNoEndpointIsLocal() {
        ClusterState nameless = new ClusterState("", Optional.empty(), START);
        nameless.apply(
                applied(service("web", Map.of(IpFamily.IPV4, ip("10.0.0.1")), OptionalInt.of(32_000), port("", 80))));
        nameless.apply(applied(slice("web-1", "web", ports(tcp("", 1)), pod("10.1.0.1", "n1", READY))));
        nameless.snapshot();
        assertThat(nameless.healthCheckNodePorts())
                .extracting(HealthCheckNodePort::localReadyEndpoints)
                .containsExactly(0);
    }

    private boolean changeAt(String slice, Instant lastChange, String... addresses) {
        return state.apply(
                applied(sliceChangedAt(Optional.of(lastChange), slice, "web", ports(tcp("", 1)), pods(addresses))));
    }

    @Test
    void changeTimesAreHandedOutOnce() {
        state.apply(applied(service("web", port("", 80))));
        changeAt("web-1", START.plusSeconds(1), "10.1.0.1");
        changeAt("web-1", START.plusSeconds(2), "10.1.0.2");
        changeAt("web-1", START.plusSeconds(2), "10.1.0.2");
        changeAt("web-6", START.plusSeconds(3), "fd00::1");
        assertThat(state.drainLastChanges())
                .isEqualTo(Map.of(
                        IpFamily.IPV4,
                        List.of(START.plusSeconds(1), START.plusSeconds(2)),
                        IpFamily.IPV6,
                        List.of(START.plusSeconds(3))));
        assertThat(state.drainLastChanges()).isEmpty();
    }

    @Test
    void changesFromBeforeTheStartOfRemovedSlicesAndOfServicesNotServedDoNotCount() {
        changeAt("web-0", START.plusSeconds(1), "10.1.0.9");
        state.apply(applied(service("web", port("", 80))));
        changeAt("web-1", START, "10.1.0.1");
        changeAt("web-2", START.minusSeconds(5), "10.1.0.2");
        changeAt("web-3", START.plusSeconds(1), "10.1.0.3");
        state.apply(new ClusterEvent.SliceRemoved(name("web-3")));
        assertThat(state.drainLastChanges()).isEmpty();
    }

    @Test
    void skippedThingsAreListedByObjectAndGoWithIt() {
        Skipped udp = new Skipped("Service shop/web", "dns", "UDP is not carried by kubeferry");
        Skipped headless = new Skipped("Service shop/db", "", "headless");
        Skipped address = new Skipped("EndpointSlice shop/web-1", "", "endpoints[0]");
        state.apply(new ClusterEvent.SliceApplied(
                slice("web-1", "web", ports(tcp("", 1)), pods("10.1.0.1")), List.of(address)));
        state.apply(new ClusterEvent.ServiceApplied(service("web", port("", 80)), List.of(udp)));
        state.apply(new ClusterEvent.ServiceIgnored(name("db"), headless));
        state.apply(applied(slice("db-1", "db", ports(tcp("", 1)), pods("10.1.0.2"))));
        assertThat(state.skipped()).containsExactly(headless, udp, address);

        state.apply(new ClusterEvent.ServiceRemoved(name("db")));
        state.apply(new ClusterEvent.SliceRemoved(name("web-1")));
        state.apply(applied(service("web", port("", 80))));
        assertThat(state.skipped())
                .containsExactly(new Skipped(
                        "EndpointSlice shop/db-1", "", "its Service shop/db is not there, or another proxy serves it"));
    }
}
