package io.kubeferry.agent.watch.manifests;

import io.kubeferry.agent.state.ClusterEvent;
import java.util.Arrays;
import java.util.Optional;

/** The kinds of object that are taken from manifests. Immutable. */
enum ManifestKind {
    SERVICE("v1", "Service"),
    ENDPOINT_SLICE("discovery.k8s.io/v1", "EndpointSlice"),
    NODE("v1", "Node"),
    SERVICE_CIDR("networking.k8s.io/v1", "ServiceCIDR");

    private final String apiVersion;
    private final String kindName;

    ManifestKind(String apiVersion, String kindName) {
        this.apiVersion = apiVersion;
        this.kindName = kindName;
    }

    /** The kind called {@code kindName} in manifests, whatever its API version. */
    static Optional<ManifestKind> named(String kindName) {
        return Arrays.stream(values())
                .filter(kind -> kind.kindName.equals(kindName))
                .findFirst();
    }

    /** The one API version that is understood. */
    String apiVersion() {
        return apiVersion;
    }

    /** As it stands in a manifest. */
    String kindName() {
        return kindName;
    }

    /** What is told when {@code key}, which is of this kind, is no longer in any manifest. */
    ClusterEvent removed(ManifestKey key) {
        return switch (this) {
            case SERVICE -> new ClusterEvent.ServiceRemoved(key.name());
            case ENDPOINT_SLICE -> new ClusterEvent.SliceRemoved(key.name());
            case NODE -> new ClusterEvent.NodeRemoved(key.name().name());
            case SERVICE_CIDR -> new ClusterEvent.ServiceCidrRemoved(key.name().name());
        };
    }
}
