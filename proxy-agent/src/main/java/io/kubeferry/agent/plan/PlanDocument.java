package io.kubeferry.agent.plan;

import io.kubeferry.core.model.NodeIdentity;
import io.kubeferry.core.model.Skipped;
import io.kubeferry.core.model.TrafficPolicy;
import io.kubeferry.core.routing.Route;
import io.kubeferry.core.routing.RoutingPlan;
import io.kubeferry.core.routing.UsableEndpoints;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What {@code kubeferry plan} prints. Immutable.
 *
 * @param node the name of the node planned for
 * @param zone its zone; empty where it is unknown
 * @param listeners by Service, kind and address
 * @param skipped by object
 */
public record PlanDocument(String node, String zone, List<Listener> listeners, List<Skipped> skipped) {
    /** What a connection to an address meets. */
    enum State {
        /** It is carried to an endpoint. */
        SERVE,
        /** It is refused: there is no usable endpoint. */
        REFUSE
    }

    /**
     * One address of one service port.
     *
     * @param bound where it is offered on this host
     * @param endpoints what a client gets under the policy of this address
     * @param clusterEndpoints for external kinds under the Local policy: what the node and pods get once Service
     *     addresses themselves are taken; absent elsewhere
     */
    record Listener(
            Route route, State state, String bound, List<String> endpoints, Optional<List<String>> clusterEndpoints) {}

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
    static PlanDocument of(NodeIdentity node, RoutingPlan plan, List<Skipped> skipped) {
        List<Listener> listeners = new ArrayList<>();
        plan.routes().values().stream().sorted(ORDER).forEach(route -> listeners.add(listener(route, plan)));
        List<Skipped> ordered = new ArrayList<>(skipped);
        ordered.sort(Comparator.comparing(Skipped::object).thenComparing(Skipped::port));
        return new PlanDocument(node.name(), node.zone().orElse(""), listeners, ordered);
    }

    private static Listener listener(Route route, RoutingPlan plan) {
        return new Listener(
                route,
                route.isServed() ? State.SERVE : State.REFUSE,
                route.place().toString(),
                texts(route.endpoints()),
                clusterEndpoints(route, plan));
    }

    private static Optional<List<String>> clusterEndpoints(Route route, RoutingPlan plan) {
        if (route.policy() != TrafficPolicy.LOCAL || !route.address().kind().isExternal()) {
            return Optional.empty();
        }
        UsableEndpoints usable =
                Objects.requireNonNull(plan.usable().get(route.servicePort().key()));
        return Optional.of(texts(usable.under(TrafficPolicy.CLUSTER)));
    }

    private static List<String> texts(List<?> endpoints) {
        return endpoints.stream().map(Object::toString).toList();
    }
}
