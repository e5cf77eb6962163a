package io.kubeferry.agent;

import io.kubeferry.agent.state.ClusterEvent;
import io.kubeferry.agent.state.ClusterState;
import io.kubeferry.agent.sync.SnapshotSource;
import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.model.ProxySnapshot;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** The cluster's state as the sync wants to see it. Thread-safe. */
record StateSource(ClusterState state) implements SnapshotSource {
    @Override
    public boolean apply(ClusterEvent event) {
        return state.apply(event);
    }

    @Override
    public Map<IpFamily, List<Instant>> drainLastChanges() {
        return state.drainLastChanges();
    }

    @Override
    public ProxySnapshot snapshot() {
        return state.snapshot();
    }
}
