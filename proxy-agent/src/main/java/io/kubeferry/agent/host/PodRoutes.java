package io.kubeferry.agent.host;

import io.kubeferry.core.model.IpAddresses;
import io.kubeferry.core.model.IpCidr;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The routes of this host that lead to its own pods: those without a gateway, on interfaces over which nothing is reached
 * through a gateway. So neither the uplinks count nor tunnels to other nodes. Immutable; pure.
 *
 * <p>Read from {@code /proc/net/route} and {@code /proc/net/ipv6_route} (proc(5)).
 *
 * @param pods that have a route of their own
 * @param ranges the other routes
 */
record PodRoutes(Set<InetAddress> pods, List<Range> ranges) {
    /** No route leads to a pod. */
    static final PodRoutes NONE = new PodRoutes(Set.of(), List.of());

    /** Pods that are reached directly over one device. */
    record Range(IpCidr range, String device) {}

    private static final int IPV4_FIELDS = 8;
    private static final int IPV6_FIELDS = 10;
    private static final int IPV4_DIGITS = 8;
    private static final int IPV6_DIGITS = 32;
    private static final int HEX = 16;
    private static final long UP = 0x1;
    private static final long GATEWAY = 0x2;
    private static final String LOOPBACK = "lo";

    private record Entry(String device, IpCidr range, boolean gateway) {}

    static PodRoutes parse(Stream<String> ipv4, Stream<String> ipv6) {
        List<Entry> entries = new ArrayList<>();
        ipv4.skip(1).forEach(line -> parseIpv4(line.trim().split("\\s+"), entries));
        ipv6.forEach(line -> parseIpv6(line.trim().split("\\s+"), entries));
        Set<String> uplinks = new HashSet<>(Set.of(LOOPBACK));
        entries.stream()
                .filter(entry -> entry.gateway() || entry.range().matchesAll())
                .forEach(entry -> uplinks.add(entry.device()));
        Set<InetAddress> pods = new HashSet<>();
        List<Range> ranges = new ArrayList<>();
        for (Entry entry : entries) {
            IpCidr range = entry.range();
            if (uplinks.contains(entry.device())
                    || range.network().isLinkLocalAddress()
                    || range.network().isMulticastAddress()) {
                continue;
            }
            if (range.prefixLength() == range.family().addressBits()) {
                pods.add(range.network());
            } else {
                ranges.add(new Range(range, entry.device()));
            }
        }
        return new PodRoutes(pods, ranges);
    }

    /** Whether {@code client} is reached over one of these routes. */
    boolean leadTo(InetAddress client) {
        return pods.contains(client)
                || ranges.stream().anyMatch(entry -> entry.range().contains(client));
    }

    /** The route over which both are reached directly; empty if there is none. */
    Optional<Range> shared(InetAddress one, InetAddress other) {
        return ranges.stream()
                .filter(entry -> entry.range().contains(one) && entry.range().contains(other))
                .findFirst();
    }

    /** The pods behind {@code bridges}, which are hardware addresses by name. */
    Set<BridgedPods> behind(Map<String, String> bridges) {
        Set<BridgedPods> behind = new HashSet<>();
        for (Range entry : ranges) {
            String mac = bridges.get(entry.device());
            if (mac != null) {
                behind.add(new BridgedPods(entry.range(), mac));
            }
        }
        return behind;
    }

    private static void parseIpv4(String[] fields, List<Entry> entries) {
        if (fields.length < IPV4_FIELDS || fields[1].length() != IPV4_DIGITS) {
            return;
        }
        long flags = Long.parseLong(fields[3], HEX);
        if ((flags & UP) != 0) {
            int mask = (int) Long.parseLong(fields[7], HEX);
            entries.add(new Entry(
                    fields[0], new IpCidr(reversed(fields[1]), Integer.bitCount(mask)), (flags & GATEWAY) != 0));
        }
    }

    private static void parseIpv6(String[] fields, List<Entry> entries) {
        if (fields.length < IPV6_FIELDS || fields[0].length() != IPV6_DIGITS) {
            return;
        }
        long flags = Long.parseLong(fields[8], HEX);
        if ((flags & UP) != 0) {
            InetAddress network = IpAddresses.ofBytes(HexFormat.of().parseHex(fields[0]));
            entries.add(new Entry(
                    fields[9], new IpCidr(network, Integer.parseInt(fields[1], HEX)), (flags & GATEWAY) != 0));
        }
    }

    /** The kernel prints the number as this machine has it in memory. */
    private static InetAddress reversed(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        for (int i = 0; i < bytes.length / 2; i++) {
            byte swapped = bytes[i];
            bytes[i] = bytes[bytes.length - 1 - i];
            bytes[bytes.length - 1 - i] = swapped;
        }
        return IpAddresses.ofBytes(bytes);
    }
}
