package io.kubeferry.agent.saved;

import io.kubeferry.agent.saved.SavedState.Moment;
import io.kubeferry.agent.saved.SavedState.Origin;
import io.kubeferry.agent.state.ClusterContents;
import io.kubeferry.agent.state.NodeRecord;
import io.kubeferry.agent.state.ObjectName;
import io.kubeferry.agent.state.ServiceRecord;
import io.kubeferry.agent.state.SliceRecord;
import io.kubeferry.core.model.Balance;
import io.kubeferry.core.model.ConnectionRules;
import io.kubeferry.core.model.EndpointConditions;
import io.kubeferry.core.model.EndpointRemoval;
import io.kubeferry.core.model.IpAddresses;
import io.kubeferry.core.model.IpCidr;
import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.model.Protocol;
import io.kubeferry.core.model.ProxyProtocol;
import io.kubeferry.core.model.RememberedClient;
import io.kubeferry.core.model.ServicePortKey;
import io.kubeferry.core.model.ServicePortName;
import io.kubeferry.core.model.SessionAffinity;
import io.kubeferry.core.model.TopologyHints;
import io.kubeferry.core.model.TrafficPolicy;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** States as they are saved. */
final class Samples {
    static final Origin ORIGIN = new Origin("n1", "API server https://api:6443/", "", List.of());
    static final Moment SAVED = moment("boot-a", 1_000);
    static final ServicePortKey WEB =
            new ServicePortKey(new ServicePortName("shop", "web", "http", Protocol.TCP), IpFamily.IPV4);

    private Samples() {}

    static Moment moment(String bootId, long sinceBootSeconds) {
        return new Moment(
                bootId,
                Duration.ofSeconds(sinceBootSeconds),
                Instant.parse("2026-01-02T03:04:05Z").plusSeconds(sinceBootSeconds));
    }

    /** A state in which every field is something else than it is most often. */
    static SavedState full() {
        return new SavedState(
                ORIGIN,
                SAVED,
                new ClusterContents(
                        Optional.of(new NodeRecord("n1", Optional.of("zone-a"), ips("172.31.7.1", "fd77::1"), false)),
                        List.of(web(), kubernetes()),
                        List.of(webSlice(), kubernetesSlice()),
                        Map.of("kubernetes", ranges("10.96.0.0/16", "fd96::/108"))),
                Map.of(WEB, List.of(client("192.0.2.1", 5), client("192.0.2.2", 70))));
    }

    /** {@code state} with other clients. */
    static SavedState with(SavedState state, Map<ServicePortKey, List<RememberedClient>> clients) {
        return new SavedState(state.origin(), state.saved(), state.cluster(), clients);
    }

    static RememberedClient client(String address, int idleSeconds) {
        return new RememberedClient(ip(address), ip("10.244.1.5"), 8080, Duration.ofSeconds(idleSeconds));
    }

    static ServiceRecord web() {
        return new ServiceRecord(
                new ObjectName("shop", "web"),
                Instant.parse("2025-05-05T05:05:05Z"),
                Map.of(IpFamily.IPV4, ip("10.96.0.10"), IpFamily.IPV6, ip("fd96::10")),
                ips("198.51.100.1"),
                ips("203.0.113.1", "2001:db8::2"),
                ranges("192.0.2.0/24"),
                TrafficPolicy.LOCAL,
                TrafficPolicy.LOCAL,
                new SessionAffinity.ClientIp(Duration.ofHours(3)),
                new ConnectionRules(
                        Balance.LEAST_CONNECTIONS,
                        Optional.of(ProxyProtocol.V2),
                        Optional.of(Duration.ofMillis(1_500)),
                        Optional.of(Duration.ofMinutes(5)),
                        OptionalInt.of(7),
                        new EndpointRemoval.Drain(Duration.ofSeconds(9)),
                        false),
                OptionalInt.of(32_000),
                List.of(
                        new ServiceRecord.Port("http", 80, OptionalInt.of(30_080)),
                        new ServiceRecord.Port("https", 443, OptionalInt.empty())));
    }

    private static ServiceRecord kubernetes() {
        return new ServiceRecord(
                Restoration.API_SERVER,
                Instant.EPOCH,
                Map.of(IpFamily.IPV4, ip("10.96.0.1")),
                List.of(),
                List.of(),
                List.of(),
                TrafficPolicy.CLUSTER,
                TrafficPolicy.CLUSTER,
                new SessionAffinity.None(),
                new ConnectionRules(
                        Balance.ROUND_ROBIN,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        OptionalInt.empty(),
                        new EndpointRemoval.Reset(),
                        true),
                OptionalInt.empty(),
                List.of(new ServiceRecord.Port("https", 443, OptionalInt.empty())));
    }

    private static SliceRecord webSlice() {
        return new SliceRecord(
                new ObjectName("shop", "web-abc"),
                new ObjectName("shop", "web"),
                IpFamily.IPV4,
                List.of(
                        new SliceRecord.Port("http", Protocol.TCP, 8080),
                        new SliceRecord.Port("dns", Protocol.UDP, 53)),
                List.of(
                        new SliceRecord.Member(
                                ip("10.244.1.5"), Optional.of("n1"), EndpointConditions.READY, TopologyHints.NONE),
                        new SliceRecord.Member(
                                ip("10.244.2.5"),
                                Optional.empty(),
                                new EndpointConditions(false, true, true),
                                new TopologyHints(Set.of("zone-a", "zone-b"), Set.of("n1")))),
                Optional.of(Instant.parse("2026-01-01T00:00:00.123456Z")));
    }

    private static SliceRecord kubernetesSlice() {
        return new SliceRecord(
                new ObjectName("default", "kubernetes"),
                Restoration.API_SERVER,
                IpFamily.IPV4,
                List.of(new SliceRecord.Port("https", Protocol.TCP, 6443)),
                List.of(new SliceRecord.Member(
                        ip("172.31.7.9"), Optional.empty(), EndpointConditions.READY, TopologyHints.NONE)),
                Optional.empty());
    }

    static InetAddress ip(String text) {
        return IpAddresses.parse(text).orElseThrow();
    }

    private static List<InetAddress> ips(String... texts) {
        return List.of(texts).stream().map(Samples::ip).toList();
    }

    private static List<IpCidr> ranges(String... texts) {
        return List.of(texts).stream()
                .map(text -> IpCidr.parse(text).orElseThrow())
                .toList();
    }
}
