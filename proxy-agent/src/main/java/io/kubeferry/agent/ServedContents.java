package io.kubeferry.agent;

import io.kubeferry.agent.saved.StateSaver;
import io.kubeferry.agent.state.ClusterContents;
import io.kubeferry.agent.state.ClusterState;
import io.kubeferry.core.DataPlane;
import io.kubeferry.core.model.RememberedClient;
import io.kubeferry.core.model.ServicePortKey;
import java.util.List;
import java.util.Map;

/** What a running agent leaves for the next one. Thread-safe. */
record ServedContents(ClusterState state, DataPlane dataPlane) implements StateSaver.Contents {
    @Override
    public ClusterContents cluster() {
        return state.contents();
    }

    @Override
    public Map<ServicePortKey, List<RememberedClient>> clients() {
        return dataPlane.rememberedClients();
    }
}
