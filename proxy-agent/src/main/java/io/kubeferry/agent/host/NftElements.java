package io.kubeferry.agent.host;

import io.kubeferry.core.model.IpAddresses;
import io.kubeferry.core.model.IpCidr;
import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.routing.CapturePlan;
import io.kubeferry.core.routing.CaptureRule;
import io.kubeferry.core.routing.ListenAddress;
import io.kubeferry.core.routing.SourceRanges;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Elements of the sets and maps of kubeferry's table, as {@code nft} writes them. Owned by whoever made it.
 *
 * @param bySet by the name of the set; every set of {@link #SETS} is there
 */
record NftElements(Map<String, Set<String>> bySet) {
    /** What captured connections get, by address and port. */
    static final String VERDICTS = "verdicts";
    /** Captured addresses and ports, for where verdicts are no use. */
    static final String CAPTURED = "captured";
    /** What was captured once and is not any more: connections of this node to it go on. */
    static final String FORMER = "former";
    /** Who may connect to an address and port whose verdict asks. */
    static final String ALLOWED = "allowed";
    /** What refused connections of this node itself get: they need not come in first. */
    static final String REFUSALS = "refusals";
    /** Endpoints of this node, in the table of bridges. */
    static final String ENDPOINTS = "endpoints";
    /** Addresses whose other ports refuse. */
    static final String CLUSTER_IPS = "cluster_ips";

    /** Where addresses that nobody serves refuse. */
    static final String SERVICE_RANGES = "service_ranges";

    private static final List<String> SETS =
            List.of(VERDICTS, CAPTURED, REFUSALS, FORMER, ALLOWED, CLUSTER_IPS, SERVICE_RANGES, ENDPOINTS);

    /** The name of a set or chain for one family. */
    static String named(String name, IpFamily family) {
        return name + (family == IpFamily.IPV4 ? "4" : "6");
    }

    /** Whether {@code set} is in the table of bridges. */
    static boolean isOfBridges(String set) {
        return set.startsWith(ENDPOINTS);
    }

    /** No elements. */
    static NftElements empty() {
        Map<String, Set<String>> bySet = new TreeMap<>();
        for (IpFamily family : IpFamily.values()) {
            SETS.forEach(set -> bySet.put(named(set, family), new LinkedHashSet<>()));
        }
        return new NftElements(bySet);
    }

    /** All elements for {@code plan}, and {@code former} places. */
    static NftElements of(CapturePlan plan, FormerPlaces former) {
        NftElements elements = empty();
        plan.rules().forEach(elements::add);
        plan.clusterIps().forEach(elements::addClusterIp);
        plan.localEndpoints().forEach(elements::addEndpoint);
        elements.addServiceRanges(plan.serviceRanges());
        for (IpFamily family : IpFamily.values()) {
            elements.of(named(FORMER, family)).addAll(former.of(family));
        }
        return elements;
    }

    /** The elements of {@code set}; adding to them adds here. */
    Set<String> of(String set) {
        return bySet.computeIfAbsent(set, _ -> new LinkedHashSet<>());
    }

    /** What is captured, of both families. */
    Set<String> captured() {
        Set<String> places = new HashSet<>();
        for (IpFamily family : IpFamily.values()) {
            places.addAll(of(named(CAPTURED, family)));
        }
        return places;
    }

    void add(ListenAddress place, CaptureRule rule) {
        IpFamily family = IpFamily.of(place.address());
        String element = text(place);
        add(CAPTURED, family, element);
        add(VERDICTS, family, element + " : " + verdict(rule, family));
        if (rule.treatment() == CaptureRule.Treatment.REFUSE) {
            // A jump: what the refusal lets pass, as it is no new connection, is looked at further.
            add(REFUSALS, family, element + " : " + verdict(rule, family).replace("goto ", "jump "));
        }
        rule.sourceRanges()
                .ifPresent(ranges ->
                        allowed(ranges, family).forEach(source -> add(ALLOWED, family, element + " . " + source)));
    }

    void addClusterIp(InetAddress address) {
        add(CLUSTER_IPS, IpFamily.of(address), IpAddresses.format(address));
    }

    void addEndpoint(ListenAddress endpoint) {
        add(ENDPOINTS, IpFamily.of(endpoint.address()), text(endpoint));
    }

    void addServiceRanges(Collection<IpCidr> ranges) {
        withoutOverlaps(ranges).forEach(range -> add(SERVICE_RANGES, range.family(), text(range)));
    }

    private void add(String set, IpFamily family, String element) {
        of(named(set, family)).add(element);
    }

    private static String verdict(CaptureRule rule, IpFamily family) {
        return switch (rule.treatment()) {
            case SERVE -> goTo("serve", rule, family);
            case LOCAL_ONLY -> goTo("local_only", rule, family);
            case REFUSE -> goTo("refuse", rule, family);
            case DROP -> "drop";
        };
    }

    private static String goTo(String chain, CaptureRule rule, IpFamily family) {
        return "goto " + named(rule.sourceRanges().isPresent() ? "restricted_" + chain : chain, family);
    }

    /** A set of intervals takes no overlaps; and the node may use its load-balancer addresses with these as source. */
    private static List<String> allowed(SourceRanges ranges, IpFamily family) {
        List<IpCidr> all = new ArrayList<>(ranges.ranges());
        for (InetAddress own : ranges.loadBalancerIps()) {
            if (IpFamily.of(own) == family && ranges.allow(own)) {
                all.add(new IpCidr(own, family.addressBits()));
            }
        }
        return withoutOverlaps(all).stream().map(NftElements::text).toList();
    }

    static List<IpCidr> withoutOverlaps(Collection<IpCidr> ranges) {
        List<IpCidr> distinct = ranges.stream().distinct().toList();
        return distinct.stream()
                .filter(range -> distinct.stream()
                        .noneMatch(other ->
                                other.prefixLength() < range.prefixLength() && other.contains(range.network())))
                .toList();
    }

    private static String text(ListenAddress place) {
        return IpAddresses.format(place.address()) + " . " + place.port();
    }

    /** nft prints the range of a single address as the address. */
    static String text(IpCidr range) {
        return range.prefixLength() == range.family().addressBits()
                ? IpAddresses.format(range.network())
                : range.toString();
    }
}
