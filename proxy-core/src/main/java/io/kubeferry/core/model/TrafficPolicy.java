package io.kubeferry.core.model;

/** Which endpoints may serve: those of the whole cluster, or only those on this node. */
public enum TrafficPolicy {
    CLUSTER,
    LOCAL
}
