package io.kubeferry.agent.plan;

import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.model.NodeIdentity;
import io.kubeferry.core.model.Skipped;
import io.kubeferry.core.model.TrafficPolicy;
import io.kubeferry.core.routing.CapturePlan;
import io.kubeferry.core.routing.CaptureRule;
import io.kubeferry.core.routing.CaptureRule.Treatment;
import io.kubeferry.core.routing.OfferedAt;
import io.kubeferry.core.routing.Route;
import io.kubeferry.core.routing.RoutingPlan;
import io.kubeferry.core.routing.SourceAddress;
import io.kubeferry.core.routing.UsableEndpoints;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What {@code kubeferry plan} prints. Immutable.
 *
 * @param node the name of the node planned for
 * @param zone its zone; empty where it is unknown
 * @param listeners by Service, kind and address
 * @param skipped by object
 */
public record PlanDocument(String node, String zone, List<Listener> listeners, List<Skipped> skipped) {
    /** Which address pods see as the source. */
    enum Source {
        /** The client's own, where the answer comes back through this node. */
        CLIENT,
        /** This node's. */
        NODE
    }

    /**
     * What the plan is for, besides the node.
     *
     * @param offeredAt where addresses are offered
     * @param nodeAsSource whether pods shall see this node's address always
     * @param podsKnown the families whose pods can be told from outsiders ({@code --cluster-cidr})
     */
    record Surroundings(OfferedAt offeredAt, boolean nodeAsSource, Set<IpFamily> podsKnown) {
        /** Freezes the set. */
        Surroundings {
            podsKnown = Set.copyOf(podsKnown);
        }
    }

    /**
     * One address of one service port.
     *
     * @param state what a connection to it meets
     * @param bound where it is offered on this host
     * @param endpoints what a client from outside gets
     * @param clusterEndpoints for external kinds under the Local policy: what the node and pods get where the addresses
     *     themselves are offered; absent elsewhere
     * @param podsKnown whether pods are told from outsiders; if not, they get what those get
     * @param sourceRanges who may connect, on load-balancer addresses; empty means everybody
     */
    record Listener(
            Route route,
            Treatment state,
            Source source,
            String bound,
            List<String> endpoints,
            Optional<List<String>> clusterEndpoints,
            boolean podsKnown,
            List<String> sourceRanges) {}

    private static final Comparator<Route> ORDER = Comparator.comparing(
                    (Route route) -> route.servicePort().key())
            .thenComparing(route -> route.address().kind())
            .thenComparing(route -> route.place().toString());

    /** Freezes the lists. */
    public PlanDocument {
        listeners = List.copyOf(listeners);
        skipped = List.copyOf(skipped);
    }

    /** Describes {@code plan}; pure. */
    static PlanDocument of(NodeIdentity node, RoutingPlan plan, List<Skipped> skipped, Surroundings surroundings) {
        List<Listener> listeners = new ArrayList<>();
        plan.routes().values().stream()
                .sorted(ORDER)
                .forEach(route -> listeners.add(listener(route, plan, node, surroundings)));
        List<Skipped> ordered = new ArrayList<>(skipped);
        ordered.sort(Comparator.comparing(Skipped::object).thenComparing(Skipped::port));
        return new PlanDocument(node.name(), node.zone().orElse(""), listeners, ordered);
    }

    private static Listener listener(Route route, RoutingPlan plan, NodeIdentity node, Surroundings surroundings) {
        CaptureRule rule = CapturePlan.rule(route, plan, node);
        return new Listener(
                route,
                CapturePlan.treatment(route, plan, surroundings.offeredAt()),
                source(route, surroundings),
                route.place().toString(),
                texts(route.endpoints()),
                clusterEndpoints(route, plan),
                surroundings.podsKnown().contains(route.servicePort().family()),
                rule.sourceRanges().map(ranges -> texts(ranges.ranges())).orElse(List.of()));
    }

    private static Source source(Route route, Surroundings surroundings) {
        return surroundings.offeredAt() == OfferedAt.LOOPBACK || surroundings.nodeAsSource()
                ? Source.NODE
                : switch (SourceAddress.allowed(route.address().kind(), route.policy())) {
                    case CLIENT -> Source.CLIENT;
                    case NODE -> Source.NODE;
                };
    }

    private static UsableEndpoints usable(Route route, RoutingPlan plan) {
        return Objects.requireNonNull(plan.usable(route.servicePort().key()));
    }

    private static Optional<List<String>> clusterEndpoints(Route route, RoutingPlan plan) {
        if (route.policy() != TrafficPolicy.LOCAL || !route.address().kind().isExternal()) {
            return Optional.empty();
        }
        return Optional.of(texts(usable(route, plan).under(TrafficPolicy.CLUSTER)));
    }

    private static List<String> texts(List<?> endpoints) {
        return endpoints.stream().map(Object::toString).toList();
    }
}
