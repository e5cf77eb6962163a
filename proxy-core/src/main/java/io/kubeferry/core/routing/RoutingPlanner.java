package io.kubeferry.core.routing;

import io.kubeferry.core.model.Endpoint;
import io.kubeferry.core.model.NodeIdentity;
import io.kubeferry.core.model.ProxySnapshot;
import io.kubeferry.core.model.ServicePort;
import io.kubeferry.core.model.ServicePortKey;
import io.kubeferry.core.model.Skipped;
import io.kubeferry.core.model.TrafficPolicy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns a snapshot into a plan of what listens here and who serves it.
 *
 * <p>The plan depends on the arguments alone. What the planner remembers of the pass before only saves work: endpoints
 * are chosen anew for service ports that changed, and a route that did not change is the same object again, so that the
 * listeners find changes by comparing with {@code ==}.
 *
 * <p>Threading: confined to one thread.
 */
public final class RoutingPlanner {
    private final EndpointOrigin origin;
    private Map<ServicePortKey, Decision> decisions = Map.of();
    private Map<ListenAddress, Route> routes = Map.of();
    private Set<ListenAddress> served = Set.of();
    private @Nullable NodeIdentity node;

    /** What was decided for one service port. */
    private record Decision(ServicePort servicePort, UsableEndpoints usable, List<Skipped> skipped) {}

    /** Plans for endpoints that come from {@code origin}. */
    public RoutingPlanner(EndpointOrigin origin) {
        this.origin = origin;
    }

    /** The plan for {@code snapshot} on a host like {@code host}. */
    public RoutingPlan plan(ProxySnapshot snapshot, HostFacts host) {
        AddressClaims claims = new AddressClaims(host);
        claims.settle(snapshot.servicePorts().values());

        Map<ServicePortKey, Decision> newDecisions = decide(snapshot, claims.served());
        Map<ServicePortKey, UsableEndpoints> usable = new HashMap<>();
        List<Skipped> skipped = new ArrayList<>(claims.skipped());
        newDecisions.forEach((key, decision) -> {
            usable.put(key, decision.usable());
            skipped.addAll(decision.skipped());
        });

        Map<ListenAddress, Route> newRoutes = new LinkedHashMap<>();
        for (AddressClaims.Claim claim : claims.claims()) {
            newRoutes.put(claim.place(), route(claim, usable));
        }
        decisions = newDecisions;
        routes = newRoutes;
        served = claims.served();
        node = snapshot.node();
        return new RoutingPlan(newRoutes, usable, skipped);
    }

    /** Decisions of the pass before stand where neither the entry (the very object) nor its surroundings changed. */
    @SuppressWarnings("ReferenceEquality") // Snapshots share the entries that did not change.
    private Map<ServicePortKey, Decision> decide(ProxySnapshot snapshot, Set<ListenAddress> nowServed) {
        boolean sameSurroundings = snapshot.node().equals(node) && nowServed.equals(served);
        EndpointFilter filter = new EndpointFilter(nowServed, origin);
        Map<ServicePortKey, Decision> result = new HashMap<>();
        snapshot.servicePorts().forEach((key, servicePort) -> {
            Decision before = decisions.get(key);
            if (sameSurroundings && before != null && before.servicePort() == servicePort) {
                result.put(key, before);
                return;
            }
            List<Skipped> skipped = new ArrayList<>();
            ServicePort filtered = filter.filter(servicePort, skipped);
            result.put(
                    key, new Decision(servicePort, EndpointCategorizer.categorize(filtered, snapshot.node()), skipped));
        });
        return result;
    }

    private Route route(AddressClaims.Claim claim, Map<ServicePortKey, UsableEndpoints> usable) {
        ServicePort servicePort = claim.servicePort();
        TrafficPolicy policy = claim.address().kind().isExternal()
                ? servicePort.rules().external()
                : servicePort.rules().internal();
        UsableEndpoints lists = usable.get(servicePort.key());
        List<Endpoint> endpoints = lists == null ? List.of() : lists.under(policy);
        Route route = new Route(claim.place(), claim.address(), servicePort, policy, endpoints);
        Route before = routes.get(claim.place());
        return before != null && before.equals(route) ? before : route;
    }
}
