package io.kubeferry.agent.watch.apiserver;

import io.kubeferry.agent.state.ClusterEvent;
import io.kubeferry.agent.watch.ClusterListener;

/** Lets events through until it is closed, and none after that returned. Thread-safe. */
final class DeliveryGate implements ClusterListener {
    private final ClusterListener listener;

    private boolean closed;

    DeliveryGate(ClusterListener listener) {
        this.listener = listener;
    }

    @Override
    public synchronized void onEvent(ClusterEvent event) {
        if (!closed) {
            listener.onEvent(event);
        }
    }

    @Override
    public synchronized void onSynced() {
        if (!closed) {
            listener.onSynced();
        }
    }

    synchronized void close() {
        closed = true;
    }
}
