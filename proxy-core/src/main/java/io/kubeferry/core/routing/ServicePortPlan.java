package io.kubeferry.core.routing;

import io.kubeferry.core.model.ServicePort;
import io.kubeferry.core.model.Skipped;
import java.util.List;

/**
 * What was decided for one service port. Immutable; the same object as in the plan before if nothing about it changed.
 *
 * @param servicePort as the snapshot has it, with all its endpoints
 * @param usable its usable endpoints
 * @param routes one for each of its addresses that is offered, in the order of their kinds
 * @param skipped its addresses and endpoints that are left out
 */
public record ServicePortPlan(
        ServicePort servicePort, UsableEndpoints usable, List<Route> routes, List<Skipped> skipped) {
    /** Freezes the lists. */
    public ServicePortPlan {
        routes = List.copyOf(routes);
        skipped = List.copyOf(skipped);
    }
}
