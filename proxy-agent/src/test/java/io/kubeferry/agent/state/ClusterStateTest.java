package io.kubeferry.agent.state;

import static io.kubeferry.agent.state.Records.applied;
import static io.kubeferry.agent.state.Records.entry;
import static io.kubeferry.agent.state.Records.ip;
import static io.kubeferry.agent.state.Records.name;
import static io.kubeferry.agent.state.Records.names;
import static io.kubeferry.agent.state.Records.pods;
import static io.kubeferry.agent.state.Records.port;
import static io.kubeferry.agent.state.Records.ports;
import static io.kubeferry.agent.state.Records.service;
import static io.kubeferry.agent.state.Records.slice;
import static io.kubeferry.agent.state.Records.tcp;
import static io.kubeferry.agent.state.Records.texts;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.model.IpCidr;
import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.model.ProxySnapshot;
import io.kubeferry.core.model.ServicePort;
import io.kubeferry.core.model.Skipped;
import java.time.Instant;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How Services and slices, coming and going in any order, make snapshots. */
class ClusterStateTest {
    private final ClusterState state = new ClusterState("n1", Optional.empty(), Instant.EPOCH);

    private boolean apply(ServiceRecord service) {
        return state.apply(applied(service));
    }

    private boolean apply(SliceRecord slice) {
        return state.apply(applied(slice));
    }

    private List<String> endpoints(String service, String port) {
        return texts(entry(state.snapshot(), service, port).endpoints());
    }

    @Test
    void rangesOfClusterIpsAreThoseOfAllServiceCidrs() {
        IpCidr first = IpCidr.parse("10.96.0.0/16").orElseThrow();
        IpCidr second = IpCidr.parse("203.0.113.0/24").orElseThrow();
        assertThat(state.apply(new ClusterEvent.ServiceCidrApplied("kubernetes", List.of(first), List.of())))
                .isTrue();
        assertThat(state.apply(new ClusterEvent.ServiceCidrApplied("kubernetes", List.of(first), List.of())))
                .as("the same again")
                .isFalse();
        state.apply(new ClusterEvent.ServiceCidrApplied("more", List.of(second), List.of()));
        ProxySnapshot both = state.snapshot();
        assertThat(both.serviceRanges()).containsExactlyInAnyOrder(first, second);
        assertThat(state.snapshot()).isSameAs(both);

        assertThat(state.apply(new ClusterEvent.ServiceCidrRemoved("kubernetes")))
                .isTrue();
        assertThat(state.snapshot().serviceRanges()).containsExactly(second);
        assertThat(state.snapshot().generation()).isGreaterThan(both.generation());
    }

    @Test
    void slicesMayComeBeforeTheirService() {
        assertThat(apply(slice("web-1", "web", ports(tcp("", 8080)), pods("10.1.0.1"))))
                .isFalse();
        assertThat(state.snapshot().servicePorts()).isEmpty();
        assertThat(apply(service("web", port("", 80)))).isTrue();
        assertThat(endpoints("web", "")).containsExactly("10.1.0.1:8080");
    }

    @Test
    void slicesOutliveTheirService() {
        apply(slice("web-1", "web", ports(tcp("", 8080)), pods("10.1.0.1")));
        apply(service("web", port("", 80)));
        assertThat(state.apply(new ClusterEvent.ServiceRemoved(name("web")))).isTrue();
        assertThat(state.snapshot().servicePorts()).isEmpty();
        apply(service("web", port("", 81)));
        assertThat(endpoints("web", "")).containsExactly("10.1.0.1:8080");
    }

    @Test
    void deletedSliceTakesAwayOnlyItsOwnEndpoints() {
        apply(service("web", port("", 80)));
        apply(slice("web-1", "web", ports(tcp("", 8080)), pods("10.1.0.1", "10.1.0.2")));
        apply(slice("web-2", "web", ports(tcp("", 8080)), pods("10.1.0.2", "10.1.0.3")));
        assertThat(endpoints("web", "")).containsExactly("10.1.0.1:8080", "10.1.0.2:8080", "10.1.0.3:8080");
        assertThat(state.apply(new ClusterEvent.SliceRemoved(name("web-1")))).isTrue();
        assertThat(endpoints("web", "")).containsExactly("10.1.0.2:8080", "10.1.0.3:8080");
        assertThat(state.apply(new ClusterEvent.SliceRemoved(name("web-1")))).isFalse();
    }

    @Test
    void sliceThatCannotBeUsedAnyMoreTakesItsEndpointsAway() {
        apply(service("web", port("", 80)));
        apply(slice("web-1", "web", ports(tcp("", 8080)), pods("10.1.0.1")));
        assertThat(state.apply(new ClusterEvent.SliceIgnored(name("web-1"), new Skipped("s", "", "why"))))
                .isTrue();
        assertThat(endpoints("web", "")).isEmpty();
    }

    @Test
    void endpointMovesBetweenSlicesWithoutAGap() {
        apply(service("web", port("", 80)));
        apply(slice("web-2", "web", ports(tcp("", 8080)), pods("10.1.0.1")));
        apply(slice("web-1", "web", ports(tcp("", 8080)), pods("10.1.0.1")));
        ServicePort before = entry(state.snapshot(), "web", "");
        apply(slice("web-2", "web", ports(tcp("", 8080)), pods()));
        assertThat(entry(state.snapshot(), "web", "")).isSameAs(before);
        assertThat(texts(before.endpoints())).containsExactly("10.1.0.1:8080");
    }

    @Test
    void sliceWhoseServiceLabelChangesMoves() {
        apply(service("web", port("", 80)));
        apply(service("api", port("", 81)));
        apply(slice("s", "web", ports(tcp("", 8080)), pods("10.1.0.1")));
        assertThat(apply(slice("s", "api", ports(tcp("", 8080)), pods("10.1.0.1"))))
                .isTrue();
        assertThat(endpoints("web", "")).isEmpty();
        assertThat(endpoints("api", "")).containsExactly("10.1.0.1:8080");
        assertThat(apply(slice("s", "nowhere", ports(tcp("", 8080)), pods("10.1.0.1"))))
                .isTrue();
        assertThat(endpoints("api", "")).isEmpty();
    }

    @Test
    void slicesOfOtherNamespacesAreOtherServices() {
        apply(service("web", port("", 80)));
        SliceRecord elsewhere = new SliceRecord(
                new ObjectName("other", "web-1"),
                new ObjectName("other", "web"),
                IpFamily.IPV4,
                ports(tcp("", 8080)),
                List.of(pods("10.1.0.1")),
                Optional.empty());
        assertThat(apply(elsewhere)).isFalse();
        assertThat(endpoints("web", "")).isEmpty();
    }

    @Test
    void portsComeGoAndAreRenamed() {
        apply(service("web", port("http", 80), port("tls", 443)));
        apply(slice("web-1", "web", ports(tcp("http", 8080), tcp("https", 8443)), pods("10.1.0.1")));
        assertThat(names(state.snapshot())).containsExactly("web:http", "web:tls");
        assertThat(endpoints("web", "tls")).isEmpty();
        apply(service("web", port("https", 443)));
        assertThat(names(state.snapshot())).containsExactly("web:https");
        assertThat(endpoints("web", "https")).containsExactly("10.1.0.1:8443");
    }

    @Test
    void sameNumberUnderSeveralNamesIsServedUnderEach() {
        apply(service("web", port("a", 80), port("b", 80)));
        apply(slice("web-1", "web", ports(tcp("a", 1), tcp("b", 2)), pods("10.1.0.1")));
        assertThat(endpoints("web", "a")).containsExactly("10.1.0.1:1");
        assertThat(endpoints("web", "b")).containsExactly("10.1.0.1:2");
    }

    @Test
    void dualStackServiceHasOneEntryForEachFamilyWithAddressesOfThatFamilyOnly() {
        apply(service(
                "web",
                Map.of(IpFamily.IPV4, ip("10.0.0.1"), IpFamily.IPV6, ip("fd00::1")),
                OptionalInt.empty(),
                port("", 80)));
        apply(slice("web-4", "web", ports(tcp("", 8080)), pods("10.1.0.1")));
        apply(slice("web-6", "web", ports(tcp("", 8080)), pods("fd00:1::1")));
        ProxySnapshot snapshot = state.snapshot();
        assertThat(snapshot.servicePorts()).hasSize(2);

        ServicePort ipv4 = entry(snapshot, "web", "", IpFamily.IPV4);
        assertThat(ipv4.addresses().clusterIp()).isEqualTo(ip("10.0.0.1"));
        assertThat(ipv4.addresses().externalIps()).containsExactly(ip("198.51.100.1"));
        assertThat(ipv4.addresses().loadBalancerIps()).containsExactly(ip("203.0.113.1"));
        assertThat(ipv4.rules().sourceRanges()).hasToString("[192.0.2.0/24]");
        assertThat(texts(ipv4.endpoints())).containsExactly("10.1.0.1:8080");

        ServicePort ipv6 = entry(snapshot, "web", "", IpFamily.IPV6);
        assertThat(ipv6.addresses().clusterIp()).isEqualTo(ip("fd00::1"));
        assertThat(ipv6.addresses().externalIps()).containsExactly(ip("2001:db8::1"));
        assertThat(ipv6.addresses().loadBalancerIps()).containsExactly(ip("2001:db8::2"));
        assertThat(ipv6.rules().sourceRanges()).hasToString("[2001:db8::/32]");
        assertThat(texts(ipv6.endpoints())).containsExactly("[fd00:1::1]:8080");

        apply(service("web", port("", 80)));
        assertThat(state.snapshot().servicePorts()).hasSize(1);
    }

    @Test
    void ignoredServiceIsServedNoMoreAndComesBack() {
        apply(service("web", port("", 80)));
        apply(slice("web-1", "web", ports(tcp("", 8080)), pods("10.1.0.1")));
        assertThat(state.apply(new ClusterEvent.ServiceIgnored(name("web"), new Skipped("s", "", "type ExternalName"))))
                .isTrue();
        assertThat(state.snapshot().servicePorts()).isEmpty();
        assertThat(apply(service("web", port("", 80)))).isTrue();
        assertThat(endpoints("web", "")).containsExactly("10.1.0.1:8080");
        assertThat(state.skipped()).isEmpty();
    }

    @Test
    void onlyEntriesThatChangedAreNewObjects() {
        for (int i = 0; i < 100; i++) {
            apply(service("s" + i, port("a", 80), port("b", 81)));
            apply(slice("s" + i, "s" + i, ports(tcp("a", 1)), pods("10.1.0." + i)));
        }
        ProxySnapshot before = state.snapshot();
        apply(slice("s7", "s7", ports(tcp("a", 1)), pods("10.1.1.1")));
        ProxySnapshot after = state.snapshot();
        assertThat(after.servicePorts().keySet())
                .isEqualTo(before.servicePorts().keySet());
        Set<ServicePort> shared = Collections.newSetFromMap(new IdentityHashMap<>());
        shared.addAll(before.servicePorts().values());
        assertThat(after.servicePorts().values())
                .filteredOn(entry -> !shared.contains(entry))
                .extracting(entry -> entry.name().toString())
                .containsExactly("shop/s7:a");
    }

    @Test
    void entryStaysTheSameObjectThroughRemovalAndReturnWithinOneSync() {
        apply(service("web", port("", 80)));
        ServicePort before = entry(state.snapshot(), "web", "");
        assertThat(state.apply(new ClusterEvent.ServiceRemoved(name("web")))).isTrue();
        assertThat(apply(service("web", port("", 80)))).isTrue();
        assertThat(entry(state.snapshot(), "web", "")).isSameAs(before);
    }

    @Test
    void eventsThatChangeNothingSaySo() {
        assertThat(apply(service("web", port("", 80)))).isTrue();
        assertThat(apply(service("web", port("", 80)))).isFalse();
        assertThat(apply(slice("web-1", "web", ports(tcp("", 1)), pods("10.1.0.1"))))
                .isTrue();
        assertThat(apply(slice("web-1", "web", ports(tcp("", 1)), pods("10.1.0.1"))))
                .isFalse();
        assertThat(state.apply(new ClusterEvent.ServiceRemoved(name("other")))).isFalse();
        assertThat(state.apply(new ClusterEvent.ServiceApplied(
                        service("web", port("", 80)), List.of(new Skipped("Service shop/web", "", "something")))))
                .isFalse();
        assertThat(state.skipped()).hasSize(1);
    }

    @Test
    void everyChangeBeforeASyncCountsAndNotOnlyTheFirst() {
        apply(service("web", port("", 80)));
        assertThat(apply(service("web", port("", 81)))).isTrue();
        assertThat(apply(slice("web-1", "web", ports(tcp("", 1)), pods("10.1.0.1"))))
                .isTrue();
        assertThat(state.apply(new ClusterEvent.ServiceRemoved(name("web")))).isTrue();
    }

    @Test
    void generationGrowsWithChangesOnly() {
        ProxySnapshot first = state.snapshot();
        assertThat(state.snapshot()).isSameAs(first);
        apply(service("web", port("", 80)));
        ProxySnapshot second = state.snapshot();
        assertThat(second.generation()).isGreaterThan(first.generation());
        assertThat(state.snapshot()).isSameAs(second);
        assertThat(first.servicePorts()).isEmpty();
    }
}
