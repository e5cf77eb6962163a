package io.kubeferry.core.testing;

import static io.kubeferry.core.testing.SampleEndpoint.endpoint;

import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.model.NodeIdentity;
import io.kubeferry.core.model.PersistentMap;
import io.kubeferry.core.model.ProxySnapshot;
import io.kubeferry.core.model.ServicePort;
import io.kubeferry.core.model.ServicePortKey;
import io.kubeferry.core.routing.HostFacts;
import io.kubeferry.core.routing.OfferedAt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

/** A cluster that changes at random, with few names and few addresses, so that much is claimed twice. Test thread only. */
public final class RandomCluster {
    private static final List<String> CLUSTER_IPS = List.of(
            "10.96.0.1",
            "11.96.0.1",
            "12.96.0.1",
            "10.96.0.2",
            "11.96.0.2",
            "10.96.0.255",
            "127.96.0.1",
            "fd00::1",
            "fd00::2");
    private static final List<String> OUTSIDE_IPS = List.of("192.0.2.1", "192.0.2.2", "172.31.7.1", "10.96.0.2");
    private static final List<String> ENDPOINTS = List.of(
            "10.244.0.1:80",
            "10.244.0.2:80",
            "10.244.0.3:81",
            "10.96.0.1:80",
            "192.0.2.1:80",
            "172.31.7.1:30001",
            "127.96.0.1:80",
            "127.0.0.1:80",
            "169.254.1.1:80");
    private static final List<String> ENDPOINTS_6 = List.of("[fd00:244::1]:80", "[fd00::1]:80");
    private static final List<Integer> PORTS = List.of(80, 81, 30_001);
    private static final int NAMES = 12;

    private final Random random;
    private PersistentMap<ServicePortKey, ServicePort> servicePorts = PersistentMap.empty();
    private NodeIdentity node = Snapshots.node("n1", "172.31.7.1");
    private HostFacts host = new HostFacts(OfferedAt.OWN_ADDRESSES, Snapshots.addresses("172.31.7.1"), 0, true);
    private long generation;

    /** An empty one whose changes {@code random} decides. */
    public RandomCluster(Random random) {
        this.random = random;
    }

    /** What is to be served now. */
    public ProxySnapshot snapshot() {
        return new ProxySnapshot(++generation, node, servicePorts, Set.of());
    }

    /** What the host is like now. */
    public HostFacts host() {
        return host;
    }

    /** One to three service ports change, now and then the node or the host does. */
    public void change() {
        IntStream.rangeClosed(0, random.nextInt(3)).forEach(_ -> changeServicePort());
        if (random.nextInt(40) == 0) {
            node = random.nextBoolean()
                    ? Snapshots.node(one(List.of("n1", "n2")), one(OUTSIDE_IPS))
                    : Snapshots.nodeInZone("n1", one(List.of("a", "b")));
        }
        if (random.nextInt(60) == 0) {
            host = new HostFacts(
                    one(List.of(OfferedAt.values())),
                    Snapshots.addresses(one(OUTSIDE_IPS), one(List.of("127.0.0.1", "127.96.0.1", "fd00::2"))),
                    one(List.of(0, 81)),
                    random.nextInt(3) > 0,
                    random.nextInt(3) > 0);
        }
    }

    private void changeServicePort() {
        if (random.nextInt(4) == 0 && !servicePorts.isEmpty()) {
            servicePorts = servicePorts.without(one(List.copyOf(servicePorts.keySet())));
            return;
        }
        ServicePort changed = servicePort();
        ServicePort known = servicePorts.get(changed.key());
        if (known != null && random.nextInt(3) == 0) {
            // Its endpoints alone.
            changed = new ServicePort(
                    known.key(),
                    known.addresses(),
                    known.rules(),
                    known.connections(),
                    known.created(),
                    changed.endpoints());
        }
        servicePorts = servicePorts.with(changed.key(), changed);
    }

    private ServicePort servicePort() {
        String clusterIp = one(CLUSTER_IPS);
        boolean ipv4 = IpFamily.of(Snapshots.address(clusterIp)) == IpFamily.IPV4;
        SampleServicePort sample = SampleServicePort.servicePort("shop/web" + random.nextInt(NAMES))
                .clusterIp(clusterIp, one(PORTS))
                .younger(Duration.ofDays(random.nextInt(3)));
        if (random.nextInt(3) == 0) {
            sample.nodePort(one(List.of(80, 30_001, 30_002)));
        }
        if (ipv4 && random.nextInt(4) == 0) {
            sample.externalIps(one(OUTSIDE_IPS), one(OUTSIDE_IPS));
        }
        if (ipv4 && random.nextInt(4) == 0) {
            sample.loadBalancerIps(one(OUTSIDE_IPS));
            if (random.nextBoolean()) {
                sample.sourceRanges("172.31.0.0/16");
            }
        }
        if (random.nextInt(4) == 0) {
            sample.externalLocal();
        }
        if (random.nextInt(6) == 0) {
            sample.internalLocal();
        }
        if (random.nextInt(4) == 0) {
            sample.clientIpAffinity(Duration.ofSeconds(one(List.of(10, 20))));
        }
        return sample.endpoints(endpoints(ipv4 ? ENDPOINTS : ENDPOINTS_6)).build();
    }

    private SampleEndpoint[] endpoints(List<String> pool) {
        List<SampleEndpoint> endpoints = new ArrayList<>();
        for (String address : pool) {
            if (random.nextInt(4) == 0) {
                SampleEndpoint sample = endpoint(address).onNode(one(List.of("n1", "n2")));
                endpoints.add(random.nextInt(4) == 0 ? sample.forZones(one(List.of("a", "b"))) : sample);
            }
        }
        return endpoints.toArray(SampleEndpoint[]::new);
    }

    private <T> T one(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }
}
