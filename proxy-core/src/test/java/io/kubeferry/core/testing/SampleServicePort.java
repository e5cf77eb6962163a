package io.kubeferry.core.testing;

import io.kubeferry.core.model.ConnectionRules;
import io.kubeferry.core.model.Endpoint;
import io.kubeferry.core.model.IpCidr;
import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.model.Protocol;
import io.kubeferry.core.model.ServiceAddresses;
import io.kubeferry.core.model.ServicePort;
import io.kubeferry.core.model.ServicePortKey;
import io.kubeferry.core.model.ServicePortName;
import io.kubeferry.core.model.SessionAffinity;
import io.kubeferry.core.model.TrafficPolicy;
import io.kubeferry.core.model.TrafficRules;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * Writes a service port down: port 80 of cluster IP 10.96.0.10, without endpoints, under the Cluster policies, unless it
 * says otherwise. Its family is that of the cluster IP.
 */
public final class SampleServicePort {
    private static final Instant CREATED = Instant.parse("2026-01-01T00:00:00Z");

    private final ServicePortName name;
    private InetAddress clusterIp = Snapshots.address("10.96.0.10");
    private int port = 80;
    private OptionalInt nodePort = OptionalInt.empty();
    private List<InetAddress> externalIps = List.of();
    private List<InetAddress> loadBalancerIps = List.of();
    private TrafficPolicy internal = TrafficPolicy.CLUSTER;
    private TrafficPolicy external = TrafficPolicy.CLUSTER;
    private SessionAffinity affinity = new SessionAffinity.None();
    private List<IpCidr> sourceRanges = List.of();
    private ConnectionRules connections = ConnectionRules.DEFAULT;
    private Instant created = CREATED;
    private List<Endpoint> endpoints = List.of();

    private SampleServicePort(ServicePortName name) {
        this.name = name;
    }

    /** The service port called {@code namespace/service:port}, or {@code namespace/service} for an unnamed port. */
    public static SampleServicePort servicePort(String name) {
        String[] parts = name.split("[/:]", 3);
        return new SampleServicePort(
                new ServicePortName(parts[0], parts[1], parts.length == 3 ? parts[2] : "", Protocol.TCP));
    }

    /** It is port {@code number} of {@code address}. */
    public SampleServicePort clusterIp(String address, int number) {
        clusterIp = Snapshots.address(address);
        port = number;
        return this;
    }

    /** It has a node port. */
    public SampleServicePort nodePort(int number) {
        nodePort = OptionalInt.of(number);
        return this;
    }

    /** Its Service has external IPs. */
    public SampleServicePort externalIps(String... addresses) {
        externalIps = Snapshots.addresses(addresses);
        return this;
    }

    /** Its Service has load-balancer IPs that nodes capture. */
    public SampleServicePort loadBalancerIps(String... addresses) {
        loadBalancerIps = Snapshots.addresses(addresses);
        return this;
    }

    /** Its Service has {@code internalTrafficPolicy: Local}. */
    public SampleServicePort internalLocal() {
        internal = TrafficPolicy.LOCAL;
        return this;
    }

    /** Its Service has {@code externalTrafficPolicy: Local}. */
    public SampleServicePort externalLocal() {
        external = TrafficPolicy.LOCAL;
        return this;
    }

    /** Its Service has {@code sessionAffinity: ClientIP}. */
    public SampleServicePort clientIpAffinity(Duration timeout) {
        affinity = new SessionAffinity.ClientIp(timeout);
        return this;
    }

    /** Its Service has {@code loadBalancerSourceRanges}. */
    public SampleServicePort sourceRanges(String... ranges) {
        sourceRanges = Arrays.stream(ranges)
                .map(text -> IpCidr.parse(text).orElseThrow())
                .toList();
        return this;
    }

    /** Its Service has annotations that mean {@code rules}. */
    public SampleServicePort connections(ConnectionRules rules) {
        connections = rules;
        return this;
    }

    /** Its Service was created {@code age} after the Services that do not say. */
    public SampleServicePort younger(Duration age) {
        created = CREATED.plus(age);
        return this;
    }

    /** It has ready endpoints at {@code addressesAndPorts}: {@code 10.244.1.5:8080}. */
    public SampleServicePort endpoints(String... addressesAndPorts) {
        return endpoints(
                Arrays.stream(addressesAndPorts).map(SampleEndpoint::endpoint).toArray(SampleEndpoint[]::new));
    }

    /** It has {@code samples} as endpoints. */
    public SampleServicePort endpoints(SampleEndpoint... samples) {
        endpoints = Stream.of(samples)
                .map(SampleEndpoint::build)
                .sorted(Endpoint.ORDER)
                .toList();
        return this;
    }

    /** It has no endpoints (any more). */
    public SampleServicePort withoutEndpoints() {
        endpoints = List.of();
        return this;
    }

    /** The service port as written. */
    public ServicePort build() {
        return new ServicePort(
                new ServicePortKey(name, IpFamily.of(clusterIp)),
                new ServiceAddresses(port, clusterIp, nodePort, externalIps, loadBalancerIps),
                new TrafficRules(internal, external, affinity, sourceRanges),
                connections,
                created,
                endpoints);
    }
}
