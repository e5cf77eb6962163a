package io.kubeferry.agent.testing;

import io.kubeferry.agent.state.ClusterEvent;
import io.kubeferry.agent.state.ObjectName;
import io.kubeferry.agent.watch.ClusterListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Keeps every event and what is left after them. Thread-safe; waits for conditions instead of sleeping. */
public final class RecordingListener implements ClusterListener {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<ClusterEvent> events = new ArrayList<>();
    private final TreeMap<String, ClusterEvent> present = new TreeMap<>();
    private int syncs;

    @Override
    public synchronized void onEvent(ClusterEvent event) {
        events.add(event);
        switch (event) {
            case ClusterEvent.ServiceApplied e ->
                present.put("Service " + e.service().name(), e);
            case ClusterEvent.ServiceIgnored e -> present.put("Service " + e.name(), e);
            case ClusterEvent.ServiceRemoved e -> present.remove("Service " + e.name());
            case ClusterEvent.SliceApplied e ->
                present.put("EndpointSlice " + e.slice().name(), e);
            case ClusterEvent.SliceIgnored e -> present.put("EndpointSlice " + e.name(), e);
            case ClusterEvent.SliceRemoved e -> present.remove("EndpointSlice " + e.name());
            case ClusterEvent.NodeApplied e -> present.put("Node " + e.node().name(), e);
            case ClusterEvent.NodeRemoved e -> present.remove("Node " + e.name());
            case ClusterEvent.ServiceCidrApplied e -> present.put("ServiceCIDR " + e.name(), e);
            case ClusterEvent.ServiceCidrRemoved e -> present.remove("ServiceCIDR " + e.name());
        }
        notifyAll();
    }

    @Override
    public synchronized void onSynced() {
        syncs++;
        notifyAll();
    }

    /** {@code Service ns/name} and the like, of everything that is there now. */
    public synchronized List<String> present() {
        return List.copyOf(present.keySet());
    }

    /** What was last heard of {@code object}. */
    public synchronized ClusterEvent last(String object) {
        ClusterEvent event = present.get(object);
        if (event == null) {
            throw new AssertionError(object + " is not among " + present.keySet());
        }
        return event;
    }

    /** Every event so far. */
    public synchronized List<ClusterEvent> events() {
        return List.copyOf(events);
    }

    /** How often the source said that it is synced. */
    public synchronized int syncs() {
        return syncs;
    }

    /** Waits until the source says that it is synced. */
    public void awaitSynced() {
        await("synced", listener -> listener.syncs > 0);
    }

    /** Waits until exactly {@code objects} are there. */
    public void awaitPresent(String... objects) {
        await("present " + List.of(objects), listener -> listener.present().equals(List.of(objects)));
    }

    /** Waits until a Service called {@code name} was seen, changed or not. */
    public void awaitService(ObjectName name) {
        await("Service " + name, listener -> listener.present.containsKey("Service " + name));
    }

    /** Waits until {@code condition} holds. */
    public synchronized void await(String what, Predicate<RecordingListener> condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.test(this)) {
            long leftMillis = (deadline - System.nanoTime()) / 1_000_000;
            if (leftMillis <= 0) {
                throw new AssertionError("waited in vain for: " + what + "; there is " + present.keySet());
            }
            try {
                // Also conditions that no event of ours announces come true in time.
                wait(Math.min(leftMillis, 20));
            } catch (InterruptedException e) {
                throw new AssertionError("interrupted while waiting for: " + what, e);
            }
        }
    }
}
