package io.kubeferry.core.routing;

/** How an endpoint's answer to a client's address comes back to this process. */
public enum AnswerPath {
    /** Routed through this node. */
    ROUTED,
    /** Both are behind one bridge, and the bridge hands answers to connections from certain ports to this node. */
    LIFTED,
    /** Both are behind one bridge: the answer goes to the client itself, past us. */
    PAST_US
}
