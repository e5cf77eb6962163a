package io.kubeferry.agent.state;

import io.kubeferry.core.model.ConnectionRules;
import io.kubeferry.core.model.Endpoint;
import io.kubeferry.core.model.EndpointConditions;
import io.kubeferry.core.model.IpAddresses;
import io.kubeferry.core.model.IpCidr;
import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.model.Protocol;
import io.kubeferry.core.model.ProxySnapshot;
import io.kubeferry.core.model.ServicePort;
import io.kubeferry.core.model.ServicePortKey;
import io.kubeferry.core.model.ServicePortName;
import io.kubeferry.core.model.SessionAffinity;
import io.kubeferry.core.model.TopologyHints;
import io.kubeferry.core.model.TrafficPolicy;
import java.net.InetAddress;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Records for tests: those of namespace {@code shop}, with the little that a test is about. */
final class Records {
    static final EndpointConditions READY = EndpointConditions.READY;
    static final EndpointConditions NOT_READY = new EndpointConditions(false, false, false);
    static final EndpointConditions TERMINATING = new EndpointConditions(false, true, true);

    private Records() {}

    static ObjectName name(String name) {
        return new ObjectName("shop", name);
    }

    static InetAddress ip(String text) {
        return IpAddresses.parse(text).orElseThrow();
    }

    static ServiceRecord.Port port(String name, int number) {
        return new ServiceRecord.Port(name, number, OptionalInt.empty());
    }

    /** A Service at 10.0.0.1. */
    static ServiceRecord service(String name, ServiceRecord.Port... ports) {
        return service(name, Map.of(IpFamily.IPV4, ip("10.0.0.1")), OptionalInt.empty(), ports);
    }

    static ServiceRecord service(
            String name,
            Map<IpFamily, InetAddress> clusterIps,
            OptionalInt healthCheckNodePort,
            ServiceRecord.Port... ports) {
        return new ServiceRecord(
                name(name),
                Instant.EPOCH,
                clusterIps,
                List.of(ip("198.51.100.1"), ip("2001:db8::1")),
                List.of(ip("203.0.113.1"), ip("2001:db8::2")),
                List.of(cidr("192.0.2.0/24"), cidr("2001:db8::/32")),
                TrafficPolicy.CLUSTER,
                TrafficPolicy.LOCAL,
                new SessionAffinity.None(),
                ConnectionRules.DEFAULT,
                healthCheckNodePort,
                List.of(ports));
    }

    static SliceRecord slice(String name, String service, List<SliceRecord.Port> ports, SliceRecord.Member... members) {
        return sliceChangedAt(Optional.empty(), name, service, ports, members);
    }

    static SliceRecord sliceChangedAt(
            Optional<Instant> lastChange,
            String name,
            String service,
            List<SliceRecord.Port> ports,
            SliceRecord.Member... members) {
        IpFamily family = members.length == 0 ? IpFamily.IPV4 : IpFamily.of(members[0].address());
        return new SliceRecord(name(name), name(service), family, ports, List.of(members), lastChange);
    }

    static List<SliceRecord.Port> ports(SliceRecord.Port... ports) {
        return List.of(ports);
    }

    static SliceRecord.Port tcp(String name, int number) {
        return new SliceRecord.Port(name, Protocol.TCP, number);
    }

    static SliceRecord.Member pod(String address) {
        return pod(address, "n2", READY);
    }

    static SliceRecord.Member pod(String address, String node, EndpointConditions conditions) {
        return new SliceRecord.Member(ip(address), Optional.of(node), conditions, TopologyHints.NONE);
    }

    static ClusterEvent applied(ServiceRecord service) {
        return new ClusterEvent.ServiceApplied(service, List.of());
    }

    static ClusterEvent applied(SliceRecord slice) {
        return new ClusterEvent.SliceApplied(slice, List.of());
    }

    /** The IPv4 entry of a port of {@code shop/service}. */
    static ServicePort entry(ProxySnapshot snapshot, String service, String port) {
        return entry(snapshot, service, port, IpFamily.IPV4);
    }

    static ServicePort entry(ProxySnapshot snapshot, String service, String port, IpFamily family) {
        ServicePortKey key = new ServicePortKey(new ServicePortName("shop", service, port, Protocol.TCP), family);
        ServicePort entry = snapshot.servicePorts().get(key);
        if (entry == null) {
            throw new AssertionError(
                    "no " + key + " in " + snapshot.servicePorts().keySet());
        }
        return entry;
    }

    static List<String> texts(List<Endpoint> endpoints) {
        return endpoints.stream().map(Endpoint::toString).toList();
    }

    /** {@code service:port} of each entry, sorted. */
    static List<String> names(ProxySnapshot snapshot) {
        return snapshot.servicePorts().keySet().stream()
                .sorted()
                .map(key -> key.name().service() + ":" + key.name().port())
                .distinct()
                .toList();
    }

    private static IpCidr cidr(String text) {
        return IpCidr.parse(text).orElseThrow();
    }

    static SliceRecord.Member[] pods(String... addresses) {
        return Arrays.stream(addresses).map(Records::pod).toArray(SliceRecord.Member[]::new);
    }
}
