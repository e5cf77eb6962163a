package io.kubeferry.agent.watch;

import io.kubeferry.agent.state.ClusterEvent;
import java.util.List;

/** Receives what a {@link ClusterSource} sees. Called from any thread of the source, also concurrently. */
public interface ClusterListener {
    /** Something changed. */
    void onEvent(ClusterEvent event);

    /**
     * Several things changed at one moment, such as all that one file said. Whoever paces what follows from a change can
     * take them for one; told one by one, the last of them would wait for the pause after the first.
     */
    default void onEvents(List<ClusterEvent> events) {
        events.forEach(this::onEvent);
    }

    /**
     * The first complete lists of Services and EndpointSlices have been delivered as events. Called once. The Node is
     * not waited for.
     */
    void onSynced();
}
