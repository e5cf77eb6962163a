package io.kubeferry.core.routing;

import io.kubeferry.core.model.Counted;
import io.kubeferry.core.model.Endpoint;
import io.kubeferry.core.model.IpCidr;
import io.kubeferry.core.model.NodeIdentity;
import io.kubeferry.core.model.PersistentMap;
import io.kubeferry.core.model.ProxySnapshot;
import io.kubeferry.core.model.ServiceAddressKind;
import io.kubeferry.core.model.TrafficPolicy;
import io.kubeferry.core.routing.CaptureRule.Treatment;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What the host shall do with connections to Service addresses where these themselves are offered. Immutable. A plan shares
 * what did not change with the one that it came about from.
 *
 * @param rules by address and port
 * @param clusterIps addresses that only Services have: their other ports refuse
 * @param localEndpoints those that run on this node
 * @param localAddresses their addresses
 * @param serviceRanges where addresses that no Service has refuse
 */
public record CapturePlan(
        PersistentMap<ListenAddress, CaptureRule> rules,
        Counted<InetAddress> clusterIps,
        Counted<ListenAddress> localEndpoints,
        Counted<InetAddress> localAddresses,
        Set<IpCidr> serviceRanges) {
    /** Nothing is captured. */
    public static final CapturePlan EMPTY =
            new CapturePlan(PersistentMap.empty(), Counted.empty(), Counted.empty(), Counted.empty(), Set.of());

    /** Freezes the set. */
    public CapturePlan {
        serviceRanges = Set.copyOf(serviceRanges);
    }

    /** What {@code plan}, which is for {@code snapshot}, means for the host that is its node; pure. */
    public static CapturePlan of(RoutingPlan plan, ProxySnapshot snapshot) {
        return EMPTY.after(RoutingPlan.EMPTY, plan, snapshot);
    }

    /**
     * The same as {@link #of} for {@code next}, where this one is for {@code last} and the same node. Costs no more than what
     * differs between both; pure.
     */
    public CapturePlan after(RoutingPlan last, RoutingPlan next, ProxySnapshot snapshot) {
        Changing changing = new Changing(this, snapshot.node());
        List<ServicePortPlan> come = new ArrayList<>();
        PersistentMap.compare(last.servicePorts(), next.servicePorts(), (key, before, after) -> {
            if (before != null) {
                changing.remove(before);
            }
            if (after != null) {
                come.add(after);
            }
        });
        come.forEach(changing::add);
        return changing.toPlan(snapshot.serviceRanges());
    }

    /** A plan on its way to the next one. */
    private static final class Changing {
        private final CapturePlan last;
        private final NodeIdentity node;
        private PersistentMap<ListenAddress, CaptureRule> rules;
        private Counted<InetAddress> clusterIps;
        private Counted<ListenAddress> localEndpoints;
        private Counted<InetAddress> localAddresses;

        Changing(CapturePlan last, NodeIdentity node) {
            this.last = last;
            this.node = node;
            rules = last.rules();
            clusterIps = last.clusterIps();
            localEndpoints = last.localEndpoints();
            localAddresses = last.localAddresses();
        }

        void remove(ServicePortPlan servicePort) {
            for (Route route : servicePort.routes()) {
                rules = rules.without(route.place());
                if (route.address().kind() == ServiceAddressKind.CLUSTER_IP) {
                    clusterIps = clusterIps.minus(route.place().address());
                }
            }
            for (ListenAddress endpoint : local(servicePort.usable())) {
                localEndpoints = localEndpoints.minus(endpoint);
                localAddresses = localAddresses.minus(endpoint.address());
            }
        }

        void add(ServicePortPlan servicePort) {
            for (Route route : servicePort.routes()) {
                CaptureRule rule = CapturePlan.rule(route, servicePort.usable(), node);
                CaptureRule before = last.rules().get(route.place());
                rules = rules.with(route.place(), before != null && before.equals(rule) ? before : rule);
                if (route.address().kind() == ServiceAddressKind.CLUSTER_IP) {
                    clusterIps = clusterIps.plus(route.place().address());
                }
            }
            for (ListenAddress endpoint : local(servicePort.usable())) {
                localEndpoints = localEndpoints.plus(endpoint);
                localAddresses = localAddresses.plus(endpoint.address());
            }
        }

        private List<ListenAddress> local(UsableEndpoints usable) {
            List<ListenAddress> local = new ArrayList<>(0);
            for (TrafficPolicy policy : TrafficPolicy.values()) {
                for (Endpoint endpoint : usable.under(policy)) {
                    if (endpoint.isOnNode(node.name())) {
                        local.add(new ListenAddress(endpoint.address(), endpoint.port()));
                    }
                }
            }
            return local;
        }

        CapturePlan toPlan(Set<IpCidr> serviceRanges) {
            return new CapturePlan(rules, clusterIps, localEndpoints, localAddresses, serviceRanges);
        }
    }

    /** What {@code route}, one of {@code plan}, means for the host that is {@code node}; pure. */
    public static CaptureRule rule(Route route, RoutingPlan plan, NodeIdentity node) {
        return rule(route, usable(route, plan), node);
    }

    private static CaptureRule rule(Route route, UsableEndpoints usable, NodeIdentity node) {
        return new CaptureRule(treatment(route, usable), sourceRanges(route, node));
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
        return Objects.requireNonNull(plan.usable(route.servicePort().key()));
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
