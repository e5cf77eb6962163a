package io.kubeferry.core.routing;

import io.kubeferry.core.model.Endpoint;
import io.kubeferry.core.model.TrafficPolicy;
import java.util.List;
import java.util.Optional;

/**
 * The endpoints of a service port that may take new connections on this node, by policy. Immutable.
 *
 * @param cluster endpoints for addresses under the Cluster policy; absent where no address of the port uses it
 * @param local endpoints for addresses under the Local policy; absent where no address of the port uses it
 * @param anywhere whether any endpoint in the cluster is usable, reachable from this node or not: tells "refuse" from
 *     "drop"
 */
public record UsableEndpoints(Optional<List<Endpoint>> cluster, Optional<List<Endpoint>> local, boolean anywhere) {
    /** Freezes the lists. */
    public UsableEndpoints {
        cluster = cluster.map(List::copyOf);
        local = local.map(List::copyOf);
    }

    /** The list for {@code policy}; empty where no address uses it. */
    public List<Endpoint> under(TrafficPolicy policy) {
        return switch (policy) {
            case CLUSTER -> cluster.orElse(List.of());
            case LOCAL -> local.orElse(List.of());
        };
    }
}
