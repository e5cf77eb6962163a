package io.kubeferry.core.routing;

import io.kubeferry.core.model.Endpoint;
import io.kubeferry.core.model.ServiceAddressKind;
import io.kubeferry.core.model.TrafficPolicy;
import java.net.InetAddress;

/**
 * Which address an endpoint sees as the source of a connection: the client's where kube-proxy keeps it and the answer
 * comes back through this node, else the node's.
 */
public enum SourceAddress {
    /** The client's own. */
    CLIENT,
    /** This node's. */
    NODE;

    private static final Decision AS_NODE = new Decision(NODE, AnswerPath.ROUTED);
    private static final Decision AS_CLIENT = new Decision(CLIENT, AnswerPath.ROUTED);

    /**
     * The source of one connection. Immutable.
     *
     * @param source whose address the endpoint sees
     * @param answers how its answers come back
     */
    public record Decision(SourceAddress source, AnswerPath answers) {}

    /**
     * What an address of {@code kind} under {@code policy} allows: connections from outside that may go to any node are
     * answered through this one only if they come from it.
     */
    public static SourceAddress allowed(ServiceAddressKind kind, TrafficPolicy policy) {
        return kind.isExternal() && policy == TrafficPolicy.CLUSTER ? NODE : CLIENT;
    }

    /** The source of a connection from {@code client} to {@code endpoint}, where {@code allowed} is what its address allows. */
    public static Decision of(SourceAddress allowed, InetAddress client, Endpoint endpoint, NodeNetwork network) {
        if (allowed == NODE
                || client.isLinkLocalAddress()
                || client.equals(endpoint.address())
                || network.origin(client) == ClientOrigin.NODE) {
            return AS_NODE;
        }
        if (endpoint.isOnNode(network.nodeName())) {
            return switch (network.answerPath(client, endpoint.address())) {
                case ROUTED -> AS_CLIENT;
                case LIFTED -> new Decision(CLIENT, AnswerPath.LIFTED);
                case PAST_US -> AS_NODE;
            };
        }
        return network.isPodOfThisNode(client) ? AS_CLIENT : AS_NODE;
    }
}
