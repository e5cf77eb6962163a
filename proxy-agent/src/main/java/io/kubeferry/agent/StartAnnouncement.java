package io.kubeferry.agent;

import io.kubeferry.agent.state.ClusterEvent;
import io.kubeferry.agent.watch.ClusterListener;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Hands on everything, and says once that this node's proxy starts, when it is known that there is such a Node: a laptop
 * has nothing to announce to a cluster. Thread-safe.
 */
final class StartAnnouncement implements ClusterListener {
    private final ClusterListener listener;
    private final Runnable announce;
    private final AtomicBoolean announced = new AtomicBoolean();

    StartAnnouncement(ClusterListener listener, Runnable announce) {
        this.listener = listener;
        this.announce = announce;
    }

    @Override
    public void onEvent(ClusterEvent event) {
        listener.onEvent(event);
        look(event);
    }

    @Override
    public void onEvents(List<ClusterEvent> events) {
        listener.onEvents(events);
        events.forEach(this::look);
    }

    @Override
    public void onSynced() {
        listener.onSynced();
    }

    /** The source delivers no other Node. */
    private void look(ClusterEvent event) {
        if (event instanceof ClusterEvent.NodeApplied && announced.compareAndSet(false, true)) {
            announce.run();
        }
    }
}
