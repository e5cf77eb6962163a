package io.kubeferry.agent;

import io.kubeferry.agent.state.ClusterEvent;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Says once that this node's proxy starts, when it is known that there is such a Node: a laptop has nothing to announce to
 * a cluster. Thread-safe.
 */
final class StartAnnouncement implements Consumer<ClusterEvent> {
    private final Runnable announce;
    private final AtomicBoolean announced = new AtomicBoolean();

    StartAnnouncement(Runnable announce) {
        this.announce = announce;
    }

    /** The source delivers no other Node. */
    @Override
    public void accept(ClusterEvent event) {
        if (event instanceof ClusterEvent.NodeApplied && announced.compareAndSet(false, true)) {
            announce.run();
        }
    }
}
