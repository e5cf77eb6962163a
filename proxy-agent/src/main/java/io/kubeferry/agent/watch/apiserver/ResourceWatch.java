package io.kubeferry.agent.watch.apiserver;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.kubeferry.agent.state.ClusterEvent;
import io.kubeferry.agent.watch.ClusterListener;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/**
 * Hands on what one informer hears, translated. Called by that informer, one call at a time.
 *
 * @param <T> the kind of object
 */
final class ResourceWatch<T extends HasMetadata> implements ResourceEventHandler<T> {
    private final Function<T, ClusterEvent> applied;
    private final Function<T, ClusterEvent> removed;
    private final ClusterListener listener;
    private final Runnable onFirstList;
    private final AtomicBoolean listed = new AtomicBoolean();

    ResourceWatch(
            Function<T, ClusterEvent> applied,
            Function<T, ClusterEvent> removed,
            ClusterListener listener,
            Runnable onFirstList) {
        this.applied = applied;
        this.removed = removed;
        this.listener = listener;
        this.onFirstList = onFirstList;
    }

    @Override
    public void onAdd(T object) {
        listener.onEvent(applied.apply(object));
    }

    @Override
    public void onUpdate(T before, T object) {
        listener.onEvent(applied.apply(object));
    }

    @Override
    public void onDelete(T object, boolean lastStateUnknown) {
        listener.onEvent(removed.apply(object));
    }

    /** All events of the list were handed on before this is called. */
    @Override
    public void onList(String resourceVersion, boolean remainedEmpty) {
        if (listed.compareAndSet(false, true)) {
            onFirstList.run();
        }
    }
}
