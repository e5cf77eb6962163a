package io.kubeferry.agent;

import io.kubeferry.agent.state.ClusterContents;
import io.kubeferry.agent.state.ClusterEvent;
import io.kubeferry.agent.state.ObjectName;
import io.kubeferry.agent.state.ServiceRecord;
import io.kubeferry.agent.state.SliceRecord;
import io.kubeferry.agent.watch.ClusterListener;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Turns a cluster that an earlier process has left into the one that the source tells: what the source has not named in its
 * first complete lists is gone. The Node stays until another one is told, as it would if the object had gone. Thread-safe.
 */
final class FirstLists implements ClusterListener {
    private final ClusterListener listener;
    /** Nothing, once it was run: what it holds may be much. */
    private Runnable onSynced;

    /** What was left. */
    private final Set<ObjectName> services = new HashSet<>();

    private final Set<ObjectName> slices = new HashSet<>();
    private final Set<String> serviceRanges = new HashSet<>();

    private final ToldNames told = new ToldNames();
    private boolean synced;

    /**
     * Hands on to {@code listener}, which holds {@code cluster} already.
     *
     * @param onSynced is run before the listener hears that the lists are complete
     */
    FirstLists(ClusterListener listener, ClusterContents cluster, Runnable onSynced) {
        this.listener = listener;
        this.onSynced = onSynced;
        hold(cluster);
    }

    private void hold(ClusterContents cluster) {
        cluster.services().stream().map(ServiceRecord::name).forEach(services::add);
        cluster.slices().stream().map(SliceRecord::name).forEach(slices::add);
        serviceRanges.addAll(cluster.serviceRanges().keySet());
    }

    /** Whether the source has told everything. */
    synchronized boolean isSynced() {
        return synced;
    }

    /**
     * Has the listener hold {@code cluster} too, but for what the source has told of meanwhile, which is newer. Does nothing
     * where the source has told everything.
     *
     * @param serve gives it to the listener
     * @param onceSynced is run in place of what was to be run before the listener hears that the lists are complete
     */
    synchronized void adopt(ClusterContents cluster, Consumer<List<ClusterEvent>> serve, Runnable onceSynced) {
        if (synced) {
            return;
        }
        ClusterContents untold = told.without(cluster);
        hold(untold);
        onSynced = onceSynced;
        serve.accept(untold.events());
    }

    @Override
    public synchronized void onEvent(ClusterEvent event) {
        onEvents(List.of(event));
    }

    @Override
    public synchronized void onEvents(List<ClusterEvent> events) {
        events.forEach(told::add);
        listener.onEvents(events);
        if (synced) {
            removeRanges();
        }
    }

    @Override
    public synchronized void onSynced() {
        List<ClusterEvent> gone = new ArrayList<>();
        services.stream()
                .filter(service -> !told.hasService(service))
                .forEach(service -> gone.add(new ClusterEvent.ServiceRemoved(service)));
        slices.stream()
                .filter(slice -> !told.hasSlice(slice))
                .forEach(slice -> gone.add(new ClusterEvent.SliceRemoved(slice)));
        services.clear();
        slices.clear();
        told.forgetLists();
        listener.onEvents(gone);
        synced = true;
        removeRanges();
        onSynced.run();
        onSynced = () -> {};
        listener.onSynced();
    }

    /** ServiceCIDRs are not waited for: where the source has not told any yet, those that were there stay. */
    private void removeRanges() {
        if (told.hasServiceRange() && !serviceRanges.isEmpty()) {
            List<ClusterEvent> gone = new ArrayList<>();
            serviceRanges.stream()
                    .filter(name -> !told.hasServiceRange(name))
                    .forEach(name -> gone.add(new ClusterEvent.ServiceCidrRemoved(name)));
            serviceRanges.clear();
            listener.onEvents(gone);
        }
    }
}
