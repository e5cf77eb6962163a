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

    /**
     * What an address of {@code kind} under {@code policy} allows: connections from outside that may go to any node are
     * answered through this one only if they come from it.
     */
    public static SourceAddress allowed(ServiceAddressKind kind, TrafficPolicy policy) {
        return kind.isExternal() && policy == TrafficPolicy.CLUSTER ? NODE : CLIENT;
    }

    /** The source of a connection from {@code client} to {@code endpoint}, where {@code allowed} is what its address allows. */
    public static SourceAddress of(SourceAddress allowed, InetAddress client, Endpoint endpoint, NodeNetwork network) {
        if (allowed == NODE
                || client.isLinkLocalAddress()
                || client.equals(endpoint.address())
                || network.origin(client) == ClientOrigin.NODE) {
            return NODE;
        }
        if (endpoint.isOnNode(network.nodeName())) {
            return network.answerPath(client, endpoint.address()) == AnswerPath.PAST_US ? NODE : CLIENT;
        }
        return network.isPodOfThisNode(client) ? CLIENT : NODE;
    }
}
