package io.kubeferry.core.model;

/** Which endpoints may serve: those of the whole cluster, or only those on this node. */
public enum TrafficPolicy {
    CLUSTER("Cluster"),
    LOCAL("Local");

    private final String displayName;

    TrafficPolicy(String displayName) {
        this.displayName = displayName;
    }

    /** The name that users know, as the API writes it. */
    public String displayName() {
        return displayName;
    }
}
