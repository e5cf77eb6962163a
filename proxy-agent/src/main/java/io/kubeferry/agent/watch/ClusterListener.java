package io.kubeferry.agent.watch;

import io.kubeferry.agent.state.ClusterEvent;

/** Receives what a {@link ClusterSource} sees. Called from any thread of the source, also concurrently. */
public interface ClusterListener {
    /** Something changed. */
    void onEvent(ClusterEvent event);

    /**
     * The first complete lists of Services and EndpointSlices have been delivered as events. Called once. The Node is
     * not waited for.
     */
    void onSynced();
}
