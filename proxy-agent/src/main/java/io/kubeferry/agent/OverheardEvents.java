package io.kubeferry.agent;

import io.kubeferry.agent.state.ClusterEvent;
import io.kubeferry.agent.watch.ClusterListener;
import java.util.List;
import java.util.function.Consumer;

/** Hands on everything, and lets somebody else look at each event after that. As thread-safe as both of them are. */
final class OverheardEvents implements ClusterListener {
    private final ClusterListener listener;
    private final Consumer<ClusterEvent> looker;

    OverheardEvents(ClusterListener listener, Consumer<ClusterEvent> looker) {
        this.listener = listener;
        this.looker = looker;
    }

    @Override
    public void onEvent(ClusterEvent event) {
        listener.onEvent(event);
        looker.accept(event);
    }

    @Override
    public void onEvents(List<ClusterEvent> events) {
        listener.onEvents(events);
        events.forEach(looker);
    }

    @Override
    public void onSynced() {
        listener.onSynced();
    }
}
