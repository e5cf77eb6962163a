package io.kubeferry.agent.host;

import io.kubeferry.core.model.IpCidr;
import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.net.FirewallMark;
import io.kubeferry.core.net.TransparentSockets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What {@code nft -f -} is told: each script is one transaction. Pure; immutable.
 *
 * <p>One table holds all that is ours. In prerouting, packets of our own connections are kept here ({@code socket
 * transparent}), then the verdict of the address and port that a packet is for decides; in output, packets of this node
 * for such an address are sent through loopback, so that they pass prerouting too.
 *
 * @param owner which process the table is of: a chain bears its name, and every change fails that does not find it
 * @param podRanges where pods have their addresses
 */
record NftScript(String owner, FirewallMark mark, List<IpCidr> podRanges) {
    /** The family and name of the table. */
    static final String TABLE = "inet kubeferry";

    /** The table that is there where pods are behind bridges. */
    static final String BRIDGE_TABLE = "bridge kubeferry";

    /** All tables that may be ours. */
    static final List<String> TABLES = List.of(TABLE, BRIDGE_TABLE);

    private static final String NEW_CONNECTION = "tcp flags & (fin | syn | rst | ack) == syn";
    private static final String ESTABLISHED = "tcp flags & (fin | syn | rst | ack) != syn";

    /** Connections of this node to former places that began when these were not captured any more. */
    private static final String BEGUN_SINCE = "begun_since";

    /** Above it, {@code nft} is told elements in pieces: lines of any length are read, but nobody could read them. */
    private static final int ELEMENTS_PER_LINE = 500;

    /** The name of the chain that says whose the table is. */
    static String ownerChain(String owner) {
        return "owner_" + owner;
    }

    /**
     * Puts tables with {@code elements} in the place of whatever has their names.
     *
     * @param bridged pods behind bridges; without any, there is no table of bridges
     */
    String replaceTable(NftElements elements, Map<IpFamily, Integer> listenerPorts, Collection<BridgedPods> bridged) {
        StringBuilder script = new StringBuilder();
        line(script, "add table " + TABLE);
        line(script, "delete table " + TABLE);
        tables(script, elements, listenerPorts, bridged);
        return script.toString();
    }

    /**
     * The same for a table of this very form that {@code owners} made. Its chains stay where they are: a packet that is on
     * its way through one table while another takes its place can miss both, and go where it should not.
     */
    String takeOverTable(
            Collection<String> owners,
            NftElements elements,
            Map<IpFamily, Integer> listenerPorts,
            Collection<BridgedPods> bridged) {
        StringBuilder script = new StringBuilder();
        line(script, "flush table " + TABLE);
        owners.forEach(former -> line(script, "delete chain " + TABLE + " " + ownerChain(former)));
        for (IpFamily family : IpFamily.values()) {
            for (String map : List.of(NftElements.VERDICTS, NftElements.REFUSALS)) {
                line(script, "flush map " + TABLE + " " + NftElements.named(map, family));
            }
            for (String set : List.of(
                    NftElements.CAPTURED,
                    NftElements.FORMER,
                    NftElements.ALLOWED,
                    NftElements.CLUSTER_IPS,
                    NftElements.SERVICE_RANGES)) {
                line(script, "flush set " + TABLE + " " + NftElements.named(set, family));
            }
        }
        tables(script, elements, listenerPorts, bridged);
        return script.toString();
    }

    private void tables(
            StringBuilder script,
            NftElements elements,
            Map<IpFamily, Integer> listenerPorts,
            Collection<BridgedPods> bridged) {
        line(script, "table " + TABLE + " {");
        line(script, "chain " + ownerChain(owner) + " {", "}");
        sets(script);
        for (IpFamily family : IpFamily.values()) {
            chains(script, family, listenerPorts.getOrDefault(family, 0));
        }
        hooks(script);
        line(script, "}");
        line(script, "add table " + BRIDGE_TABLE);
        line(script, "delete table " + BRIDGE_TABLE);
        if (!bridged.isEmpty()) {
            bridgeTable(script, bridged);
        }
        elements.bySet().forEach((set, content) -> {
            if (!bridged.isEmpty() || !NftElements.isOfBridges(set)) {
                elements(script, "add", set, content);
            }
        });
    }

    /**
     * Makes {@code before} into {@code after}; empty where they are equal.
     *
     * @param bridged whether the table of bridges is there
     */
    String change(NftElements before, NftElements after, boolean bridged) {
        StringBuilder changes = new StringBuilder();
        Predicate<String> isThere = set -> bridged || !NftElements.isOfBridges(set);
        before.bySet().keySet().stream()
                .filter(isThere)
                .forEach(set -> elements(changes, "delete", set, difference(set, before, after)));
        after.bySet().keySet().stream()
                .filter(isThere)
                .forEach(set -> elements(changes, "add", set, difference(set, after, before)));
        if (changes.isEmpty()) {
            return "";
        }
        StringBuilder script = new StringBuilder();
        // Fails, and all with it, if the table is another process's by now.
        line(script, "delete chain " + TABLE + " " + ownerChain(owner));
        line(script, "add chain " + TABLE + " " + ownerChain(owner));
        return script.append(changes).toString();
    }

    /** What {@code some} has in {@code set} and {@code others} do not. */
    private static List<String> difference(String set, NftElements some, NftElements others) {
        Set<String> there = others.of(set);
        return some.of(set).stream().filter(element -> !there.contains(element)).toList();
    }

    private static void elements(StringBuilder script, String verb, String set, Collection<String> elements) {
        List<String> all = new ArrayList<>(elements);
        for (int from = 0; from < all.size(); from += ELEMENTS_PER_LINE) {
            List<String> some = all.subList(from, Math.min(all.size(), from + ELEMENTS_PER_LINE));
            String table = NftElements.isOfBridges(set) ? BRIDGE_TABLE : TABLE;
            line(script, verb + " element " + table + " " + set + " { " + String.join(", ", some) + " }");
        }
    }

    private void sets(StringBuilder script) {
        for (IpFamily family : IpFamily.values()) {
            String address = family == IpFamily.IPV4 ? "ipv4_addr" : "ipv6_addr";
            String place = address + " . inet_service";
            line(
                    script,
                    "map " + NftElements.named(NftElements.VERDICTS, family) + " {",
                    "type " + place + " : verdict",
                    "}");
            line(
                    script,
                    "map " + NftElements.named(NftElements.REFUSALS, family) + " {",
                    "type " + place + " : verdict",
                    "}");
            for (String set : List.of(NftElements.CAPTURED, NftElements.FORMER)) {
                line(script, "set " + NftElements.named(set, family) + " {", "type " + place, "}");
            }
            line(
                    script,
                    "set " + NftElements.named(NftElements.ALLOWED, family) + " {",
                    "type " + place + " . " + address,
                    "flags interval",
                    "}");
            line(
                    script,
                    "set " + NftElements.named(BEGUN_SINCE, family) + " {",
                    "type " + place + " . " + place,
                    "size 65535",
                    "flags dynamic, timeout",
                    // Longer than connections are silent that keep themselves alive.
                    "timeout 3h",
                    "}");
            line(script, "set " + NftElements.named(NftElements.CLUSTER_IPS, family) + " {", "type " + address, "}");
            line(
                    script,
                    "set " + NftElements.named(NftElements.SERVICE_RANGES, family) + " {",
                    "type " + address,
                    "flags interval",
                    "}");
        }
    }

    /** The chains that verdicts name, for one family. */
    private void chains(StringBuilder script, IpFamily family, int listenerPort) {
        String ip = ip(family);
        String loopback = family == IpFamily.IPV4 ? "127.0.0.1" : "[::1]";
        List<String> serve = new ArrayList<>();
        if (listenerPort != 0) {
            serve.add("meta l4proto tcp tproxy " + ip + " to " + loopback + ":" + listenerPort + " "
                    + setMark(mark.steering()) + " accept");
        }
        // Nobody listens there just now: the client tries again, and finds the process that comes next.
        serve.add("drop");
        chain(script, NftElements.named("serve", family), serve);
        chain(script, NftElements.named("refuse", family), List.of(NEW_CONNECTION + " reject with tcp reset"));

        List<String> localOnly =
                new ArrayList<>(List.of("fib saddr type local goto " + NftElements.named("serve", family)));
        for (IpCidr range : podRanges) {
            if (range.family() == family) {
                localOnly.add(ip + " saddr " + range + " goto " + NftElements.named("serve", family));
            }
        }
        localOnly.add("drop");
        chain(script, NftElements.named("local_only", family), localOnly);

        chain(
                script,
                NftElements.named("ranges", family),
                List.of(
                        ip + " daddr . tcp dport . " + ip + " saddr @" + NftElements.named(NftElements.ALLOWED, family)
                                + " return",
                        "drop"));
        for (String treatment : List.of("serve", "local_only", "refuse")) {
            chain(
                    script,
                    NftElements.named("restricted_" + treatment, family),
                    List.of(
                            "jump " + NftElements.named("ranges", family),
                            "goto " + NftElements.named(treatment, family)));
        }
    }

    private void hooks(StringBuilder script) {
        List<String> prerouting = new ArrayList<>(List.of(
                "type filter hook prerouting priority mangle; policy accept;",
                "meta l4proto tcp socket transparent 1 socket wildcard 0 " + setMark(mark.steering()) + " accept",
                // Began when another Service proxy served the address, which rewrites its packets to the end.
                "ct status dnat " + ESTABLISHED + " accept"));
        List<String> own = List.of(
                // A connection with a client's address to an endpoint on this node's own network: its answers would
                // leave for the client, so they are known by the connection's mark.
                "ct direction original socket transparent 1 fib daddr type local ct mark set ct mark or "
                        + hex(mark.steering()));
        List<String> output = new ArrayList<>(List.of(
                "type route hook output priority mangle; policy accept;",
                isMarked("meta", mark.own()) + " goto own_output",
                "ct direction reply " + isMarked("ct", mark.steering()) + " " + setMark(mark.steering()) + " accept"));
        // Host firewalls and other Service proxies judge what is new by connection tracking. What never leaves this
        // node is not tracked, so that they do not take it for a stray.
        List<String> untracked = new ArrayList<>(List.of("type filter hook output priority raw; policy accept;"));
        for (IpFamily family : IpFamily.values()) {
            String ip = ip(family);
            String captured = " @" + NftElements.named(NftElements.CAPTURED, family);
            String former = " @" + NftElements.named(NftElements.FORMER, family);
            String clusterIps = " @" + NftElements.named(NftElements.CLUSTER_IPS, family);
            prerouting.add(ip + " daddr . tcp dport vmap @" + NftElements.named(NftElements.VERDICTS, family));
            output.add(ip + " daddr . tcp dport vmap @" + NftElements.named(NftElements.REFUSALS, family));
            output.add(ip + " daddr . tcp dport" + captured + " " + setMark(mark.steering()) + " accept");
            String connection = ip + " saddr . tcp sport . " + ip + " daddr . tcp dport";
            String begunSince = "@" + NftElements.named(BEGUN_SINCE, family);
            String remember = "update " + begunSince + " { " + connection + " } accept";
            output.add(ESTABLISHED + " " + ip + " daddr . tcp dport" + former + " " + connection + " != " + begunSince
                    + " " + setMark(mark.steering()) + " accept");
            String toFormer = isNotMarked(mark.own()) + " " + ip + " daddr . tcp dport" + former + " ";
            untracked.add(toFormer + NEW_CONNECTION + " " + remember);
            untracked.add(toFormer + connection + " " + begunSince + " " + remember);
            for (String set : List.of(captured, former)) {
                untracked.add(isMarked("meta", mark.own()) + " " + ip + " saddr . tcp sport" + set
                        + " fib daddr type local notrack");
                untracked.add(isNotMarked(mark.own()) + " " + ip + " daddr . tcp dport" + set + " notrack");
            }
            for (List<String> hook : List.of(prerouting, output)) {
                hook.add(ip + " daddr" + clusterIps + " meta l4proto tcp reject with tcp reset");
                hook.add(ip + " daddr" + clusterIps + " meta l4proto udp reject");
            }
        }
        unserved(script);
        // What is captured has found its destination: another Service proxy that serves the same does not rewrite it.
        chain(
                script,
                "prerouting_nat",
                List.of(
                        "type nat hook prerouting priority dstnat - 5; policy accept;",
                        isMarked("meta", mark.steering()) + " meta nfproto ipv4 dnat ip to ip daddr",
                        isMarked("meta", mark.steering()) + " meta nfproto ipv6 dnat ip6 to ip6 daddr"));
        chain(script, "own_output", own);
        chain(script, "prerouting", prerouting);
        chain(script, "output", output);
        chain(script, "output_untracked", untracked);
    }

    /**
     * What is on its way to an address of Services that no Service has would leave by the default route. Last, so that
     * whoever rewrites packets for a Service of his has done so.
     */
    private void unserved(StringBuilder script) {
        for (String hook : List.of("forward", "output")) {
            List<String> rules = new ArrayList<>(List.of(
                    "type filter hook " + hook + " priority filter; policy accept;",
                    // Our own captured connections keep their destination.
                    isMarked("meta", mark.steering()) + " accept"));
            for (IpFamily family : IpFamily.values()) {
                String ranges = ip(family) + " daddr @" + NftElements.named(NftElements.SERVICE_RANGES, family)
                        + " meta l4proto ";
                rules.add(ranges + "tcp reject with tcp reset");
                rules.add(ranges + "udp reject");
            }
            chain(script, hook + "_unserved", rules);
        }
    }

    /**
     * Pods behind one bridge answer each other without this node's doing. The answers to our connections with a pod's
     * address, known by their ports, are handed to this node as if they had been sent to it.
     */
    private static void bridgeTable(StringBuilder script, Collection<BridgedPods> bridged) {
        line(script, "table " + BRIDGE_TABLE + " {");
        List<String> lifting = new ArrayList<>(List.of("type filter hook prerouting priority dstnat; policy accept;"));
        for (IpFamily family : IpFamily.values()) {
            String address = family == IpFamily.IPV4 ? "ipv4_addr" : "ipv6_addr";
            String endpoints = NftElements.named(NftElements.ENDPOINTS, family);
            String ip = ip(family);
            line(script, "set " + endpoints + " {", "type " + address + " . inet_service", "}");
            bridged.stream()
                    .filter(pods -> pods.range().family() == family)
                    .map(pods -> "ether type " + ip + " " + ip + " daddr " + pods.range() + " " + ip
                            + " saddr . tcp sport @" + endpoints + " tcp dport "
                            + TransparentSockets.FIRST_RECOGNIZABLE_PORT + "-"
                            + TransparentSockets.LAST_RECOGNIZABLE_PORT + " meta pkttype set host ether daddr set "
                            + pods.mac())
                    .sorted()
                    .forEach(lifting::add);
        }
        chain(script, "prerouting", lifting);
        line(script, "}");
    }

    private static String ip(IpFamily family) {
        return family == IpFamily.IPV4 ? "ip" : "ip6";
    }

    private static String setMark(int bit) {
        return "meta mark set meta mark or " + hex(bit);
    }

    private static String isMarked(String what, int bit) {
        return what + " mark and " + hex(bit) + " == " + hex(bit);
    }

    private static String isNotMarked(int bit) {
        return "meta mark and " + hex(bit) + " == 0x0";
    }

    private static String hex(int bit) {
        return "0x" + Integer.toHexString(bit);
    }

    private static void chain(StringBuilder script, String name, List<String> rules) {
        line(script, "chain " + name + " {");
        rules.forEach(rule -> line(script, rule));
        line(script, "}");
    }

    private static void line(StringBuilder script, String... lines) {
        for (String line : lines) {
            script.append(line).append('\n');
        }
    }
}
