package io.kubeferry.agent;

import io.kubeferry.agent.state.ClusterContents;
import io.kubeferry.agent.state.ClusterEvent;
import io.kubeferry.agent.state.ObjectName;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Which objects a source has told anything about since its start: those that it serves, ignores or has removed. Not thread-safe. */
final class ToldNames {
    private final Set<ObjectName> services = new HashSet<>();
    private final Set<ObjectName> slices = new HashSet<>();
    private final Set<String> serviceRanges = new HashSet<>();
    private boolean anyServiceRange;
    private boolean node;
    private boolean listsAreComplete;

    void add(ClusterEvent event) {
        switch (event) {
            case ClusterEvent.ServiceCidrApplied applied -> {
                anyServiceRange = true;
                serviceRanges.add(applied.name());
            }
            case ClusterEvent.ServiceCidrRemoved(var name) -> serviceRanges.add(name);
            case ClusterEvent.NodeApplied _, ClusterEvent.NodeRemoved _ -> node = true;
            case ClusterEvent _ when listsAreComplete -> {}
            case ClusterEvent.ServiceApplied(var service, var skipped) -> services.add(service.name());
            case ClusterEvent.ServiceIgnored ignored -> services.add(ignored.name());
            case ClusterEvent.ServiceRemoved(var name) -> services.add(name);
            case ClusterEvent.SliceApplied(var slice, var skipped) -> slices.add(slice.name());
            case ClusterEvent.SliceIgnored(var name, var reason) -> slices.add(name);
            case ClusterEvent.SliceRemoved(var name) -> slices.add(name);
        }
    }

    /** Whether the source knows ServiceCIDRs at all. */
    boolean hasServiceRange() {
        return anyServiceRange;
    }

    /** What is in {@code cluster} and was not told of. */
    ClusterContents without(ClusterContents cluster) {
        return new ClusterContents(
                cluster.node().filter(_ -> !node),
                cluster.services().stream()
                        .filter(service -> !services.contains(service.name()))
                        .toList(),
                cluster.slices().stream()
                        .filter(slice -> !slices.contains(slice.name()))
                        .toList(),
                cluster.serviceRanges().entrySet().stream()
                        .filter(range -> !serviceRanges.contains(range.getKey()))
                        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }

    /** From now on only the names of ServiceCIDRs are kept, for which a source's first lists do not wait. */
    void forgetLists() {
        listsAreComplete = true;
        services.clear();
        slices.clear();
    }

    boolean hasService(ObjectName name) {
        return services.contains(name);
    }

    boolean hasSlice(ObjectName name) {
        return slices.contains(name);
    }

    boolean hasServiceRange(String name) {
        return serviceRanges.contains(name);
    }
}
