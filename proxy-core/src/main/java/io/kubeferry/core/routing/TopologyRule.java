package io.kubeferry.core.routing;

import io.kubeferry.core.model.Endpoint;
import io.kubeferry.core.model.NodeIdentity;
import java.util.List;
import java.util.function.Predicate;

/**
 * Which ready endpoints topology hints leave to this node.
 *
 * <p>As kube-proxy's {@code topologyModeFromHints}: same node, where every ready endpoint has a node hint and one names
 * this node; else same zone, where every ready endpoint has a zone hint and one names this node's zone; else all. One
 * ready endpoint without a hint disables that kind of hint altogether. Pure.
 */
final class TopologyRule {
    private TopologyRule() {}

    /** The filter that the hints of {@code ready} put in force on {@code node}. */
    static Predicate<Endpoint> inForce(List<Endpoint> ready, NodeIdentity node) {
        Predicate<Endpoint> forThisNode = endpoint -> endpoint.hints().nodes().contains(node.name());
        if (ready.stream().noneMatch(endpoint -> endpoint.hints().nodes().isEmpty())
                && ready.stream().anyMatch(forThisNode)) {
            return forThisNode;
        }
        if (node.zone().isPresent()) {
            String zone = node.zone().get();
            Predicate<Endpoint> forThisZone =
                    endpoint -> endpoint.hints().zones().contains(zone);
            if (ready.stream().noneMatch(endpoint -> endpoint.hints().zones().isEmpty())
                    && ready.stream().anyMatch(forThisZone)) {
                return forThisZone;
            }
        }
        return endpoint -> true;
    }
}
