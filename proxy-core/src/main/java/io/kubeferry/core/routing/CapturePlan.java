package io.kubeferry.core.routing;

import io.kubeferry.core.model.Endpoint;
import io.kubeferry.core.model.IpCidr;
import io.kubeferry.core.model.NodeIdentity;
import io.kubeferry.core.model.ProxySnapshot;
import io.kubeferry.core.model.ServiceAddressKind;
import io.kubeferry.core.model.TrafficPolicy;
import io.kubeferry.core.routing.CaptureRule.Treatment;
import java.net.InetAddress;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What the host shall do with connections to Service addresses where these themselves are offered. Immutable.
 *
 * @param rules by address and port
 * @param clusterIps addresses that only Services have: their other ports refuse
 * @param localEndpoints those that run on this node
 * @param serviceRanges where addresses that no Service has refuse
 */
public record CapturePlan(
        Map<ListenAddress, CaptureRule> rules,
        Set<InetAddress> clusterIps,
        Set<ListenAddress> localEndpoints,
        Set<IpCidr> serviceRanges) {
    /** Nothing is captured. */
    public static final CapturePlan EMPTY = new CapturePlan(Map.of(), Set.of(), Set.of(), Set.of());

    /** Makes all unmodifiable; the caller hands them over. */
    public CapturePlan {
        rules = Collections.unmodifiableMap(rules);
        clusterIps = Collections.unmodifiableSet(clusterIps);
        localEndpoints = Collections.unmodifiableSet(localEndpoints);
        serviceRanges = Collections.unmodifiableSet(serviceRanges);
    }

    /** What {@code plan}, which is for {@code snapshot}, means for the host that is its node; pure. */
    public static CapturePlan of(RoutingPlan plan, ProxySnapshot snapshot) {
        NodeIdentity node = snapshot.node();
        Map<ListenAddress, CaptureRule> rules =
                LinkedHashMap.newLinkedHashMap(plan.routes().size());
        Set<InetAddress> clusterIps = new HashSet<>();
        plan.routes().forEach((place, route) -> {
            rules.put(place, rule(route, plan, node));
            if (route.address().kind() == ServiceAddressKind.CLUSTER_IP) {
                clusterIps.add(place.address());
            }
        });
        return new CapturePlan(rules, clusterIps, localEndpoints(plan, node), snapshot.serviceRanges());
    }

    private static Set<ListenAddress> localEndpoints(RoutingPlan plan, NodeIdentity node) {
        Set<ListenAddress> local = new HashSet<>();
        for (UsableEndpoints usable : plan.usable().values()) {
            for (TrafficPolicy policy : TrafficPolicy.values()) {
                for (Endpoint endpoint : usable.under(policy)) {
                    if (endpoint.isOnNode(node.name())) {
                        local.add(new ListenAddress(endpoint.address(), endpoint.port()));
                    }
                }
            }
        }
        return local;
    }

    /** What {@code route}, one of {@code plan}, means for the host that is {@code node}; pure. */
    public static CaptureRule rule(Route route, RoutingPlan plan, NodeIdentity node) {
        return new CaptureRule(treatment(route, usable(route, plan)), sourceRanges(route, node));
    }

    /** What those get who connect to {@code route}, one of {@code plan}, where addresses are {@code offeredAt}; pure. */
    public static Treatment treatment(Route route, RoutingPlan plan, OfferedAt offeredAt) {
        return switch (offeredAt) {
            // A listener is there for everybody or for nobody.
            case LOOPBACK -> route.isServed() ? Treatment.SERVE : Treatment.REFUSE;
            case OWN_ADDRESSES -> treatment(route, usable(route, plan));
        };
    }

    private static UsableEndpoints usable(Route route, RoutingPlan plan) {
        return Objects.requireNonNull(plan.usable().get(route.servicePort().key()));
    }

    private static Treatment treatment(Route route, UsableEndpoints usable) {
        return switch (verdict(route, usable, ClientOrigin.OUTSIDE)) {
            case SERVE -> Treatment.SERVE;
            case REFUSE -> Treatment.REFUSE;
            case DROP ->
                verdict(route, usable, ClientOrigin.NODE) == Admission.Verdict.SERVE
                        ? Treatment.LOCAL_ONLY
                        : Treatment.DROP;
        };
    }

    private static Admission.Verdict verdict(Route route, UsableEndpoints usable, ClientOrigin origin) {
        return Admission.decide(route.address().kind(), route.servicePort().rules(), usable, origin)
                .verdict();
    }

    private static Optional<SourceRanges> sourceRanges(Route route, NodeIdentity node) {
        if (route.address().kind() != ServiceAddressKind.LOAD_BALANCER) {
            return Optional.empty();
        }
        return Optional.of(new SourceRanges(
                        route.servicePort().rules().sourceRanges(),
                        node.addresses(),
                        route.servicePort().addresses().loadBalancerIps()))
                .filter(SourceRanges::restrict);
    }
}
