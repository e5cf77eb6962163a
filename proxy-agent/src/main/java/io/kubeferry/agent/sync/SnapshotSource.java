package io.kubeferry.agent.sync;

import io.kubeferry.agent.state.ClusterEvent;
import io.kubeferry.core.model.ProxySnapshot;

/** Where events become snapshots: the cluster's state. Thread-safe. */
public interface SnapshotSource {
    /** Takes in one event. True if it changes what the next snapshot holds. */
    boolean apply(ClusterEvent event);

    /** The complete state as of now. */
    ProxySnapshot snapshot();
}
