package io.kubeferry.agent.host;

import io.kubeferry.core.model.IpCidr;
import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.net.FirewallMark;
import io.kubeferry.core.net.TransparentSockets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * What the table says that holds all that is ours: its sets, its chains and their rules. Pure; immutable.
 *
 * <p>In prerouting, packets of our own connections are kept here ({@code socket transparent}), then the verdict of the
 * address and port that a packet is for decides; in output, packets of this node for such an address are sent through
 * loopback, so that they pass prerouting too. Every packet of the node meets these rules, so most meet few of them.
 *
 * @param podRanges where pods have their addresses
 */
record NftRules(FirewallMark mark, List<IpCidr> podRanges) {
    private static final String NEW_CONNECTION = "tcp flags & (fin | syn | rst | ack) == syn";
    private static final String ESTABLISHED = "tcp flags & (fin | syn | rst | ack) != syn";

    /** Connections of this node that began when what they are to was not captured: another Service proxy has them. */
    static final String ELSEWHERE = "elsewhere";

    /** Freezes the list. */
    NftRules {
        podRanges = List.copyOf(podRanges);
    }

    /** Writes what stands within the table; what a family without a port of a listener captures waits for one. */
    void table(StringBuilder script, Map<IpFamily, Integer> listenerPorts) {
        sets(script);
        for (IpFamily family : IpFamily.values()) {
            chains(script, family, listenerPorts.getOrDefault(family, 0));
        }
        hooks(script);
    }

    private void sets(StringBuilder script) {
        for (IpFamily family : IpFamily.values()) {
            String address = family == IpFamily.IPV4 ? "ipv4_addr" : "ipv6_addr";
            String place = address + " . inet_service";
            NftScript.line(
                    script,
                    "map " + NftElements.named(NftElements.VERDICTS, family) + " {",
                    "type " + place + " : verdict",
                    "}");
            NftScript.line(
                    script,
                    "map " + NftElements.named(NftElements.REFUSALS, family) + " {",
                    "type " + place + " : verdict",
                    "}");
            for (String set : List.of(NftElements.CAPTURED, NftElements.FORMER)) {
                NftScript.line(script, "set " + NftElements.named(set, family) + " {", "type " + place, "}");
            }
            NftScript.line(
                    script,
                    "set " + NftElements.named(NftElements.ALLOWED, family) + " {",
                    "type " + place + " . " + address,
                    "flags interval",
                    "}");
            NftScript.line(
                    script,
                    "set " + NftElements.named(ELSEWHERE, family) + " {",
                    "type " + place + " . " + place,
                    "size 65535",
                    "flags dynamic, timeout",
                    // Longer than connections are silent that keep themselves alive.
                    "timeout 3h",
                    "}");
            NftScript.line(
                    script, "set " + NftElements.named(NftElements.CLUSTER_IPS, family) + " {", "type " + address, "}");
            NftScript.line(
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
        List<String> serve = new ArrayList<>();
        if (listenerPort != 0) {
            serve.add(toListener(family, listenerPort) + " " + setMark(mark.steering()) + " accept");
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
        chain(script, "reset_or_refuse", List.of("meta l4proto tcp reject with tcp reset", "meta l4proto udp reject"));
        for (IpFamily family : IpFamily.values()) {
            outputOfOthers(script, family);
            untrackedOfOthers(script, family);
        }
        prerouting(script);
        output(script);
        untracked(script);
        unserved(script);
    }

    private void prerouting(StringBuilder script) {
        List<String> prerouting = new ArrayList<>(List.of(
                "type filter hook prerouting priority mangle; policy accept;",
                "meta l4proto tcp socket transparent 1 socket wildcard 0 " + setMark(mark.steering()) + " accept",
                // Began when another Service proxy served the address, which rewrites all its packets, a repeated first
                // one too.
                "ct status dnat accept"));
        for (IpFamily family : IpFamily.values()) {
            prerouting.add(to(family) + " vmap @" + NftElements.named(NftElements.VERDICTS, family));
            prerouting.add(refuseClusterIps(family));
        }
        chain(script, "prerouting", prerouting);
        // What is captured has found its destination: another Service proxy that serves the same does not rewrite it.
        chain(
                script,
                "prerouting_nat",
                List.of(
                        "type nat hook prerouting priority dstnat - 5; policy accept;",
                        isMarked("meta", mark.steering()) + " meta nfproto ipv4 dnat ip to ip daddr",
                        isMarked("meta", mark.steering()) + " meta nfproto ipv6 dnat ip6 to ip6 daddr"));
    }

    private void output(StringBuilder script) {
        // A connection with a client's address to an endpoint on this node's own network: its answers would leave for
        // the client, so they are known by the connection's mark. Its first packet is asked, not each.
        chain(
                script,
                "own_output",
                List.of("ct state new socket transparent 1 ct mark set ct mark or " + hex(mark.steering())));
        List<String> output = new ArrayList<>(List.of(
                "type route hook output priority mangle; policy accept;",
                ownToOthers(),
                isMarked("meta", mark.own()) + " goto own_output",
                "ct direction reply " + isMarked("ct", mark.steering()) + " " + setMark(mark.steering()) + " accept"));
        output.addAll(eachToItsOwn("output"));
        chain(script, "output", output);
    }

    /** What packets of this node that are not our own meet. */
    private void outputOfOthers(StringBuilder script, IpFamily family) {
        chain(
                script,
                NftElements.named("output_captured", family),
                List.of(
                        ESTABLISHED + " " + connection(family) + " " + elsewhere(family) + " accept",
                        setMark(mark.steering()) + " accept"));
        chain(
                script,
                NftElements.named("output", family),
                List.of(
                        to(family) + " vmap @" + NftElements.named(NftElements.REFUSALS, family),
                        to(family) + " @" + NftElements.named(NftElements.CAPTURED, family) + " goto "
                                + NftElements.named("output_captured", family),
                        ESTABLISHED + " " + to(family) + " @" + NftElements.named(NftElements.FORMER, family) + " "
                                + connection(family) + " != " + elsewhere(family) + " " + setMark(mark.steering())
                                + " accept",
                        refuseClusterIps(family)));
    }

    /**
     * Host firewalls and other Service proxies judge what is new by connection tracking. What never leaves this node is not
     * tracked, so that they do not take it for a stray.
     */
    private void untracked(StringBuilder script) {
        for (IpFamily family : IpFamily.values()) {
            List<String> ofOurs = new ArrayList<>();
            for (String set : List.of(NftElements.CAPTURED, NftElements.FORMER)) {
                ofOurs.add(ip(family) + " saddr . tcp sport @" + NftElements.named(set, family) + " notrack");
            }
            chain(script, NftElements.named("own_untracked", family), ofOurs);
        }
        chain(script, "own_untracked", eachToItsOwn("own_untracked"));
        List<String> untracked = new ArrayList<>(List.of(
                "type filter hook output priority raw; policy accept;",
                ownToOthers(),
                isMarked("meta", mark.own()) + " goto own_untracked"));
        untracked.addAll(eachToItsOwn("untracked"));
        chain(script, "output_untracked", untracked);
    }

    /** What is tracked of packets of this node that are not our own. */
    private static void untrackedOfOthers(StringBuilder script, IpFamily family) {
        String connection = connection(family);
        String remember = "update " + elsewhere(family) + " { " + connection + " } accept";
        Map<String, String> whenNew = Map.of(
                NftElements.FORMER,
                remember,
                NftElements.CAPTURED,
                // It may have the ports of one that is long over.
                "delete " + elsewhere(family) + " { " + connection + " }");
        List<String> untracked = new ArrayList<>();
        for (String set : List.of(NftElements.CAPTURED, NftElements.FORMER)) {
            String chain = NftElements.named("untracked_" + set, family);
            chain(
                    script,
                    chain,
                    List.of(
                            NEW_CONNECTION + " " + whenNew.get(set),
                            connection + " " + elsewhere(family) + " " + remember,
                            "notrack"));
            untracked.add(to(family) + " @" + NftElements.named(set, family) + " goto " + chain);
        }
        chain(script, NftElements.named("untracked", family), untracked);
    }

    /**
     * What is on its way to an address of Services that no Service has would leave by the default route. Last, so that
     * whoever rewrites packets for a Service of his has done so.
     */
    private void unserved(StringBuilder script) {
        for (String hook : List.of("forward", "output")) {
            List<String> rules = new ArrayList<>(List.of(
                    "type filter hook " + hook + " priority filter; policy accept;",
                    // Our own captured connections keep their destination, and what we send goes to endpoints and
                    // clients.
                    "meta mark and " + hex(mark.steering() | mark.own()) + " != 0 accept"));
            for (IpFamily family : IpFamily.values()) {
                rules.add(ip(family) + " daddr @" + NftElements.named(NftElements.SERVICE_RANGES, family)
                        + " goto reset_or_refuse");
            }
            chain(script, hook + "_unserved", rules);
        }
    }

    /** What we send to others than this node leaves a chain that is about this node at once, instead of being looked up there. */
    private String ownToOthers() {
        return isMarked("meta", mark.own()) + " oif != lo accept";
    }

    /** A chain for each family: every packet passes here, and half the rules would be for others than it. */
    private static List<String> eachToItsOwn(String chain) {
        List<String> rules = new ArrayList<>();
        for (IpFamily family : IpFamily.values()) {
            String name = family == IpFamily.IPV4 ? "ipv4" : "ipv6";
            rules.add("meta nfproto " + name + " goto " + NftElements.named(chain, family));
        }
        return rules;
    }

    private static String refuseClusterIps(IpFamily family) {
        return ip(family) + " daddr @" + NftElements.named(NftElements.CLUSTER_IPS, family) + " goto reset_or_refuse";
    }

    private static String to(IpFamily family) {
        return ip(family) + " daddr . tcp dport";
    }

    private static String connection(IpFamily family) {
        return ip(family) + " saddr . tcp sport . " + to(family);
    }

    private static String elsewhere(IpFamily family) {
        return "@" + NftElements.named(ELSEWHERE, family);
    }

    /**
     * Pods behind one bridge answer each other without this node's doing. The answers to our connections with a pod's
     * address, known by their ports, are handed to this node as if they had been sent to it.
     */
    static void bridgeChain(StringBuilder script, Collection<BridgedPods> bridged) {
        List<String> lifting = new ArrayList<>(List.of("type filter hook prerouting priority dstnat; policy accept;"));
        for (IpFamily family : IpFamily.values()) {
            String endpoints = NftElements.named(NftElements.ENDPOINTS, family);
            String ip = ip(family);
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
        NftScript.line(script, "table " + NftScript.BRIDGE_TABLE + " {");
        chain(script, "prerouting", lifting);
        NftScript.line(script, "}");
    }

    /** Gives a packet its connection, or for a new one the listener of {@code family} at {@code port}. */
    static String toListener(IpFamily family, int port) {
        String loopback = family == IpFamily.IPV4 ? "127.0.0.1" : "[::1]";
        return "meta l4proto tcp tproxy " + ip(family) + " to " + loopback + ":" + port;
    }

    /** The sets that {@link #bridgeChain} asks. */
    static void bridgeSets(StringBuilder script) {
        NftScript.line(script, "table " + NftScript.BRIDGE_TABLE + " {");
        for (IpFamily family : IpFamily.values()) {
            String address = family == IpFamily.IPV4 ? "ipv4_addr" : "ipv6_addr";
            NftScript.line(
                    script,
                    "set " + NftElements.named(NftElements.ENDPOINTS, family) + " {",
                    "type " + address + " . inet_service",
                    "}");
        }
        NftScript.line(script, "}");
    }

    private static String ip(IpFamily family) {
        return family == IpFamily.IPV4 ? "ip" : "ip6";
    }

    private static String setMark(int bit) {
        return "meta mark set meta mark or " + hex(bit);
    }

    static String isMarked(String what, int bit) {
        return what + " mark and " + hex(bit) + " == " + hex(bit);
    }

    private static String hex(int bit) {
        return "0x" + Integer.toHexString(bit);
    }

    private static void chain(StringBuilder script, String name, List<String> rules) {
        NftScript.line(script, "chain " + name + " {");
        rules.forEach(rule -> NftScript.line(script, rule));
        NftScript.line(script, "}");
    }
}
