package io.kubeferry.core.testing;

import io.kubeferry.core.model.IpAddresses;
import io.kubeferry.core.model.IpCidr;
import io.kubeferry.core.model.NodeIdentity;
import io.kubeferry.core.model.ProxySnapshot;
import io.kubeferry.core.model.ServicePort;
import io.kubeferry.core.model.ServicePortKey;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Short ways to write snapshots and their parts; see {@link SampleServicePort} and {@link SampleEndpoint}. */
public final class Snapshots {
    private Snapshots() {}

    /** What {@code node} serves when exactly {@code servicePorts} exist. */
    public static ProxySnapshot snapshot(NodeIdentity node, ServicePort... servicePorts) {
        return snapshot(node, Arrays.asList(servicePorts));
    }

    /** What {@code node} serves when exactly {@code servicePorts} exist. */
    public static ProxySnapshot snapshot(NodeIdentity node, Iterable<ServicePort> servicePorts) {
        Map<ServicePortKey, ServicePort> byKey = new HashMap<>();
        for (ServicePort servicePort : servicePorts) {
            if (byKey.put(servicePort.key(), servicePort) != null) {
                throw new IllegalArgumentException("service port given twice: " + servicePort.name());
            }
        }
        return new ProxySnapshot(1, node, byKey);
    }

    /** A node of no zone whose addresses are {@code addresses}, the primary one first. */
    public static NodeIdentity node(String name, String... addresses) {
        return new NodeIdentity(name, Optional.empty(), addresses(addresses));
    }

    /** A node in {@code zone} whose addresses are unknown. */
    public static NodeIdentity nodeInZone(String name, String zone) {
        return new NodeIdentity(name, Optional.of(zone), List.of());
    }

    /** The address that {@code text} spells. */
    public static InetAddress address(String text) {
        return IpAddresses.parse(text)
                .orElseThrow(() -> new IllegalArgumentException("address: " + text + " (expected: an IP address)"));
    }

    /** The addresses that {@code texts} spell. */
    public static List<InetAddress> addresses(String... texts) {
        return Arrays.stream(texts).map(Snapshots::address).toList();
    }

    /** Ranges in CIDR notation, separated by blanks; none where there is no text. */
    public static List<IpCidr> ranges(String texts) {
        return texts.isEmpty()
                ? List.of()
                : Stream.of(texts.split(" "))
                        .map(text -> IpCidr.parse(text).orElseThrow())
                        .toList();
    }

    /** Reads {@code 10.0.0.1:80} or {@code [fd00::1]:80}. */
    public static InetSocketAddress socketAddress(String text) {
        int colon = text.lastIndexOf(':');
        String host = text.substring(0, colon).replaceAll("[\\[\\]]", "");
        return new InetSocketAddress(address(host), Integer.parseInt(text.substring(colon + 1)));
    }
}
