package io.kubeferry.core.routing;

import io.kubeferry.core.model.ServicePortKey;
import io.kubeferry.core.model.Skipped;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * What should be listening on this host, and what is left out for which reason. Immutable.
 *
 * @param routes by the place where connections arrive, in a stable order
 * @param usable the usable endpoints of every service port of the snapshot
 * @param skipped addresses and endpoints that are not offered
 */
public record RoutingPlan(
        Map<ListenAddress, Route> routes, Map<ServicePortKey, UsableEndpoints> usable, List<Skipped> skipped) {
    /** A plan that offers nothing. */
    public static final RoutingPlan EMPTY = new RoutingPlan(Map.of(), Map.of(), List.of());

    /** Makes the maps unmodifiable; the caller hands them over. */
    public RoutingPlan {
        routes = Collections.unmodifiableMap(routes);
        usable = Collections.unmodifiableMap(usable);
        skipped = List.copyOf(skipped);
    }
}
