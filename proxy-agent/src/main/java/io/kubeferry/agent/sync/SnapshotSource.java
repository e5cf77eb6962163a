package io.kubeferry.agent.sync;

import io.kubeferry.agent.state.ClusterEvent;
import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.model.ProxySnapshot;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Where events become snapshots: the cluster's state. Thread-safe. */
public interface SnapshotSource {
    /** Takes in one event. True if it changes what the next snapshot holds. */
    boolean apply(ClusterEvent event);

    /** When the changes to endpoints happened in the cluster that came in since the last call. */
    Map<IpFamily, List<Instant>> drainLastChanges();

    /** The complete state as of now. */
    ProxySnapshot snapshot();
}
