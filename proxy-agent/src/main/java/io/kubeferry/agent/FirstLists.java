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

/**
 * Turns a cluster that an earlier process has left into the one that the source tells: what the source has not named in its
 * first complete lists is gone. The Node stays until another one is told, as it would if the object had gone. Thread-safe.
 */
final class FirstLists implements ClusterListener {
    private final ClusterListener listener;
    /** Nothing, once it was run: what it holds may be much. */
    private Runnable onSynced;

    private final Set<ObjectName> services = new HashSet<>();
    private final Set<ObjectName> slices = new HashSet<>();
    private final Set<String> serviceRanges;
    private boolean synced;
    private boolean rangesTold;

    /**
     * Hands on to {@code listener}, which holds {@code cluster} already.
     *
     * @param onSynced is run before the listener hears that the lists are complete
     */
    FirstLists(ClusterListener listener, ClusterContents cluster, Runnable onSynced) {
        this.listener = listener;
        this.onSynced = onSynced;
        cluster.services().stream().map(ServiceRecord::name).forEach(services::add);
        cluster.slices().stream().map(SliceRecord::name).forEach(slices::add);
        serviceRanges = new HashSet<>(cluster.serviceRanges().keySet());
    }

    @Override
    public synchronized void onEvent(ClusterEvent event) {
        onEvents(List.of(event));
    }

    @Override
    public synchronized void onEvents(List<ClusterEvent> events) {
        events.forEach(this::told);
        listener.onEvents(events);
        if (synced) {
            removeRanges();
        }
    }

    @Override
    public synchronized void onSynced() {
        List<ClusterEvent> gone = new ArrayList<>();
        services.forEach(service -> gone.add(new ClusterEvent.ServiceRemoved(service)));
        slices.forEach(slice -> gone.add(new ClusterEvent.SliceRemoved(slice)));
        services.clear();
        slices.clear();
        listener.onEvents(gone);
        synced = true;
        removeRanges();
        onSynced.run();
        onSynced = () -> {};
        listener.onSynced();
    }

    private void told(ClusterEvent event) {
        switch (event) {
            case ClusterEvent.ServiceApplied(var service, var skipped) -> services.remove(service.name());
            case ClusterEvent.ServiceIgnored ignored -> services.remove(ignored.name());
            case ClusterEvent.ServiceRemoved(var name) -> services.remove(name);
            case ClusterEvent.SliceApplied(var slice, var skipped) -> slices.remove(slice.name());
            case ClusterEvent.SliceIgnored(var name, var reason) -> slices.remove(name);
            case ClusterEvent.SliceRemoved(var name) -> slices.remove(name);
            case ClusterEvent.ServiceCidrApplied applied -> {
                rangesTold = true;
                serviceRanges.remove(applied.name());
            }
            case ClusterEvent.ServiceCidrRemoved(var name) -> serviceRanges.remove(name);
            case ClusterEvent.NodeApplied _, ClusterEvent.NodeRemoved _ -> {}
        }
    }

    /** ServiceCIDRs are not waited for: where the source has not told any yet, those that were there stay. */
    private void removeRanges() {
        if (rangesTold && !serviceRanges.isEmpty()) {
            List<ClusterEvent> gone = new ArrayList<>();
            serviceRanges.forEach(name -> gone.add(new ClusterEvent.ServiceCidrRemoved(name)));
            serviceRanges.clear();
            listener.onEvents(gone);
        }
    }
}
