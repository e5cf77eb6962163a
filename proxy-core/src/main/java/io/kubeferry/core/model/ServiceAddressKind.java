package io.kubeferry.core.model;

/**
 * The kinds of address at which a service port is reached. Their order decides when two Services claim the same
 * address and port: the earlier kind wins.
 */
public enum ServiceAddressKind {
    CLUSTER_IP("ClusterIP"),
    LOAD_BALANCER("LoadBalancer"),
    EXTERNAL_IP("ExternalIP"),
    NODE_PORT("NodePort");

    private final String displayName;

    ServiceAddressKind(String displayName) {
        this.displayName = displayName;
    }

    /** The name that users know, as in {@code kubeferry plan}. */
    public String displayName() {
        return displayName;
    }

    /** Whether the external traffic policy rules this kind; the internal one rules the cluster IP. */
    public boolean isExternal() {
        return this != CLUSTER_IP;
    }
}
