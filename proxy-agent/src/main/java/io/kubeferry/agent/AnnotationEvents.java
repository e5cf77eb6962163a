package io.kubeferry.agent;

import io.kubeferry.agent.state.ClusterEvent;
import io.kubeferry.agent.state.ObjectName;
import io.kubeferry.core.model.Skipped;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Tells the owners of Services which of their annotations have no effect, each once until it is
 * changed. Here and not after a sync: where an annotation has no effect there is nothing to sync. Thread-safe.
 */
final class AnnotationEvents implements Consumer<ClusterEvent> {
    private static final String REASON = "InvalidAnnotation";
    private static final String ACTION = "ReadAnnotation";

    private final BindEvents.OwnerWarning owner;
    /** Of Services that have something to be told only. */
    private final Map<ObjectName, List<Skipped>> told = new ConcurrentHashMap<>();

    /** Tells {@code owner}. */
    AnnotationEvents(BindEvents.OwnerWarning owner) {
        this.owner = owner;
    }

    @Override
    public void accept(ClusterEvent event) {
        switch (event) {
            case ClusterEvent.ServiceApplied(var service, var skipped) -> look(service.name(), skipped);
            case ClusterEvent.ServiceIgnored(var name, var skipped) -> look(name, skipped);
            case ClusterEvent.ServiceRemoved(var name) -> told.remove(name);
            case ClusterEvent.SliceApplied _,
                    ClusterEvent.SliceIgnored _,
                    ClusterEvent.SliceRemoved _,
                    ClusterEvent.NodeApplied _,
                    ClusterEvent.NodeRemoved _,
                    ClusterEvent.ServiceCidrApplied _,
                    ClusterEvent.ServiceCidrRemoved _ -> {}
        }
    }

    private void look(ObjectName service, List<Skipped> skipped) {
        List<Skipped> ignored = skipped.stream()
                .filter(one -> one.kind() == Skipped.Kind.ANNOTATION_IGNORED)
                .toList();
        List<Skipped> before = ignored.isEmpty() ? told.remove(service) : told.put(service, ignored);
        for (Skipped one : ignored) {
            if (before == null || !before.contains(one)) {
                owner.warn(service, REASON, ACTION, one.reason());
            }
        }
    }
}
