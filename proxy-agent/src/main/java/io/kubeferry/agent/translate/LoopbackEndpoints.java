package io.kubeferry.agent.translate;

/**
 * Whether endpoints may lie on this host's loopback. A Service owner in a cluster must not reach what listens there on
 * every node; whoever writes manifests on this machine may.
 */
public enum LoopbackEndpoints {
    REFUSED,
    ALLOWED
}
