package io.kubeferry.agent.state;

import io.kubeferry.core.model.IpCidr;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything that {@link ClusterState} derives snapshots from. Immutable.
 *
 * @param node this node's Node object
 * @param services those that are served
 * @param slices those of {@code services}
 * @param serviceRanges the ranges of each ServiceCIDR object, by its name
 */
public record ClusterContents(
        Optional<NodeRecord> node,
        List<ServiceRecord> services,
        List<SliceRecord> slices,
        Map<String, List<IpCidr>> serviceRanges) {
    /** Freezes the collections. */
    public ClusterContents {
        services = List.copyOf(services);
        slices = List.copyOf(slices);
        serviceRanges = Map.copyOf(serviceRanges);
    }

    /** One Service and its slices, and nothing else; empty where there is no such Service. */
    public Optional<ClusterContents> only(ObjectName service) {
        return services.stream()
                .filter(one -> one.name().equals(service))
                .findFirst()
                .map(one -> new ClusterContents(
                        Optional.empty(),
                        List.of(one),
                        slices.stream()
                                .filter(slice -> slice.service().equals(service))
                                .toList(),
                        Map.of()));
    }

    /** The events that make an empty {@link ClusterState} hold this. */
    public List<ClusterEvent> events() {
        List<ClusterEvent> events = new ArrayList<>();
        node.ifPresent(record -> events.add(new ClusterEvent.NodeApplied(record)));
        serviceRanges.forEach(
                (name, ranges) -> events.add(new ClusterEvent.ServiceCidrApplied(name, ranges, List.of())));
        services.forEach(service -> events.add(new ClusterEvent.ServiceApplied(service, List.of())));
        slices.forEach(slice -> events.add(new ClusterEvent.SliceApplied(slice, List.of())));
        return events;
    }
}
