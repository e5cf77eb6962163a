package io.kubeferry.core.routing;

import io.kubeferry.core.model.Endpoint;
import io.kubeferry.core.model.NodeIdentity;
import io.kubeferry.core.model.ServicePort;
import io.kubeferry.core.model.TrafficPolicy;
import java.util.List;
import java.util.Optional;

/**
 * Chooses the endpoints of a service port that may take new connections on this node.
 *
 * <p>Follows kube-proxy's {@code CategorizeEndpoints} ({@code pkg/proxy/topology.go}): ready endpoints, narrowed by
 * topology hints for the Cluster list; where none is ready, serving and terminating ones (KEP-1669), decided for each
 * list on its own. Pure.
 */
public final class EndpointCategorizer {
    private EndpointCategorizer() {}

    /** The usable endpoints of {@code servicePort} as seen from {@code node}. */
    public static UsableEndpoints categorize(ServicePort servicePort, NodeIdentity node) {
        List<Endpoint> endpoints = servicePort.endpoints();
        Optional<List<Endpoint>> cluster =
                usesClusterList(servicePort) ? Optional.of(clusterList(endpoints, node)) : Optional.empty();
        Optional<List<Endpoint>> local =
                usesLocalList(servicePort) ? Optional.of(localList(endpoints, node)) : Optional.empty();
        boolean anywhere = cluster.filter(list -> !list.isEmpty()).isPresent()
                || (local.isPresent() && endpoints.stream().anyMatch(EndpointCategorizer::canServe));
        return new UsableEndpoints(cluster, local, anywhere);
    }

    /** Unless everything that reaches this port stays on the node. */
    private static boolean usesClusterList(ServicePort servicePort) {
        return servicePort.rules().internal() == TrafficPolicy.CLUSTER
                || servicePort.addresses().externallyAccessible();
    }

    private static boolean usesLocalList(ServicePort servicePort) {
        return servicePort.rules().internal() == TrafficPolicy.LOCAL
                || (servicePort.rules().external() == TrafficPolicy.LOCAL
                        && servicePort.addresses().externallyAccessible());
    }

    private static List<Endpoint> clusterList(List<Endpoint> endpoints, NodeIdentity node) {
        List<Endpoint> ready =
                endpoints.stream().filter(EndpointCategorizer::isReady).toList();
        List<Endpoint> hinted =
                ready.stream().filter(TopologyRule.inForce(ready, node)).toList();
        return hinted.isEmpty()
                ? endpoints.stream()
                        .filter(EndpointCategorizer::servesWhileTerminating)
                        .toList()
                : hinted;
    }

    private static List<Endpoint> localList(List<Endpoint> endpoints, NodeIdentity node) {
        List<Endpoint> onNode = endpoints.stream()
                .filter(endpoint -> !node.name().isEmpty() && endpoint.isOnNode(node.name()))
                .toList();
        List<Endpoint> ready =
                onNode.stream().filter(EndpointCategorizer::isReady).toList();
        return ready.isEmpty()
                ? onNode.stream()
                        .filter(EndpointCategorizer::servesWhileTerminating)
                        .toList()
                : ready;
    }

    private static boolean canServe(Endpoint endpoint) {
        return isReady(endpoint) || servesWhileTerminating(endpoint);
    }

    private static boolean isReady(Endpoint endpoint) {
        return endpoint.conditions().ready();
    }

    private static boolean servesWhileTerminating(Endpoint endpoint) {
        return endpoint.conditions().servingAndTerminating();
    }
}
