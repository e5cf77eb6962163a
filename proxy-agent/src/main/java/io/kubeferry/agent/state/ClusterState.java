package io.kubeferry.agent.state;

import io.kubeferry.core.model.IpCidr;
import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.model.NodeIdentity;
import io.kubeferry.core.model.ProxySnapshot;
import io.kubeferry.core.model.Skipped;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The cluster as last seen, and the only place where it is written. Every event is applied here; a sync takes the
 * snapshot.
 *
 * <p>Applying an event only notes which Services it concerns; {@link #snapshot} derives those anew and shares the rest.
 * Services and slices come and go independently of each other, in any order. Threading: thread-safe, one lock.
 */
public final class ClusterState {
    private final String nodeName;
    private final Optional<String> assumedZone;

    private final Map<ObjectName, ServiceRecord> services = new HashMap<>();
    private final SliceIndex slices = new SliceIndex();
    private final ServedServices served;
    private final LastChanges lastChanges;
    private final SkippedLedger<ObjectName> skippedServices = new SkippedLedger<>();
    private final SkippedLedger<ObjectName> skippedSlices = new SkippedLedger<>();
    private final SkippedLedger<String> skippedNodes = new SkippedLedger<>();
    private final SkippedLedger<String> skippedServiceCidrs = new SkippedLedger<>();

    /** Services whose derived entries are out of date. */
    private final Set<ObjectName> dirty = new LinkedHashSet<>();

    /** The ranges of each ServiceCIDR object. */
    private final Map<String, List<IpCidr>> serviceCidrs = new HashMap<>();

    private Optional<NodeRecord> node = Optional.empty();
    private ProxySnapshot snapshot;

    /**
     * Nothing is known yet.
     *
     * @param nodeName this node, trimmed and in lower case; empty means that no endpoint is local
     * @param assumedZone the zone that counts as long as there is no Node object to tell
     * @param startedAt when this process started
     */
    public ClusterState(String nodeName, Optional<String> assumedZone, Instant startedAt) {
        this.nodeName = nodeName;
        this.assumedZone = assumedZone;
        this.served = new ServedServices(nodeName);
        this.lastChanges = new LastChanges(startedAt);
        this.snapshot = new ProxySnapshot(0, identity(), Map.of());
    }

    /** Takes {@code event} in. Returns whether the data plane or the health servers have something to do about it. */
    public synchronized boolean apply(ClusterEvent event) {
        return switch (event) {
            case ClusterEvent.ServiceApplied(ServiceRecord service, List<Skipped> skipped) -> {
                skippedServices.put(service.name(), skipped);
                yield !service.equals(services.put(service.name(), service)) && markDirty(service.name());
            }
            case ClusterEvent.ServiceIgnored(ObjectName name, List<Skipped> skipped) -> {
                skippedServices.put(name, skipped);
                yield removeService(name);
            }
            case ClusterEvent.ServiceRemoved(ObjectName name) -> {
                skippedServices.remove(name);
                yield removeService(name);
            }
            case ClusterEvent.SliceApplied(SliceRecord slice, List<Skipped> skipped) -> {
                skippedSlices.put(slice.name(), skipped);
                yield putSlice(slice);
            }
            case ClusterEvent.SliceIgnored(ObjectName name, Skipped reason) -> {
                skippedSlices.put(name, List.of(reason));
                yield removeSlice(name);
            }
            case ClusterEvent.SliceRemoved(ObjectName name) -> {
                skippedSlices.remove(name);
                yield removeSlice(name);
            }
            case ClusterEvent.NodeApplied(NodeRecord record, List<Skipped> skipped) ->
                record.name().equals(nodeName) && putNode(record, skipped);
            case ClusterEvent.NodeRemoved(String removed) -> false;
            case ClusterEvent.ServiceCidrApplied(String name, List<IpCidr> ranges, List<Skipped> skipped) -> {
                skippedServiceCidrs.put(name, skipped);
                yield !ranges.equals(serviceCidrs.put(name, ranges));
            }
            case ClusterEvent.ServiceCidrRemoved(String name) -> {
                skippedServiceCidrs.remove(name);
                yield serviceCidrs.remove(name) != null;
            }
        };
    }

    /**
     * Everything that is to be served. The same object as before if nothing changed since; otherwise its generation is
     * greater, and its entries that did not change are the same objects.
     */
    public synchronized ProxySnapshot snapshot() {
        NodeIdentity identity = identity();
        Set<IpCidr> serviceRanges =
                serviceCidrs.values().stream().flatMap(List::stream).collect(Collectors.toSet());
        if (dirty.isEmpty() && identity.equals(snapshot.node()) && serviceRanges.equals(snapshot.serviceRanges())) {
            return snapshot;
        }
        for (ObjectName name : dirty) {
            ServiceRecord service = services.get(name);
            if (service == null) {
                served.remove(name);
            } else {
                served.rebuild(service, slices.of(name));
            }
        }
        dirty.clear();
        snapshot = new ProxySnapshot(snapshot.generation() + 1, identity, served.servicePorts(), serviceRanges);
        return snapshot;
    }

    /** What snapshots are derived from, as of now, without slices of Services that are not served. */
    public synchronized ClusterContents contents() {
        return new ClusterContents(
                node,
                List.copyOf(services.values()),
                services.keySet().stream()
                        .flatMap(service -> slices.of(service).stream())
                        .toList(),
                serviceCidrs);
    }

    /** The health-check ports as of the last {@link #snapshot}, in no particular order. */
    public synchronized List<HealthCheckNodePort> healthCheckNodePorts() {
        return served.healthCheckNodePorts();
    }

    /**
     * When the slice changes happened that came in since the last call. To be called before {@link #snapshot}: then the
     * snapshot has them all.
     */
    public synchronized Map<IpFamily, List<Instant>> drainLastChanges() {
        return lastChanges.drain();
    }

    /** This node's Node object as last seen; it stays when the object goes. */
    public synchronized Optional<NodeRecord> node() {
        return node;
    }

    /** How many annotations of Services have no effect because they or their values are unknown. */
    public synchronized long annotationsIgnored() {
        return skippedServices.annotationsIgnored();
    }

    /** Everything that is not served and why: Services by name, then EndpointSlices by name, then this node, then
     * ServiceCIDRs. */
    public synchronized List<Skipped> skipped() {
        return Stream.of(
                        skippedServices.all(),
                        skippedSlices.all(),
                        slices.all().filter(this::hasNoService).map(ClusterState::withoutService),
                        skippedNodes.all(),
                        skippedServiceCidrs.all())
                .flatMap(skipped -> skipped)
                .toList();
    }

    private boolean removeService(ObjectName name) {
        return services.remove(name) != null && markDirty(name);
    }

    private boolean putSlice(SliceRecord slice) {
        Optional<SliceRecord> previous = slices.put(slice);
        if (previous.filter(slice::equals).isPresent()) {
            return false;
        }
        boolean left = previous.filter(old -> !old.service().equals(slice.service()))
                .map(old -> touch(old.service()))
                .orElse(false);
        if (!touch(slice.service())) {
            return left;
        }
        lastChanges.add(slice);
        return true;
    }

    private boolean removeSlice(ObjectName name) {
        lastChanges.remove(name);
        return slices.remove(name).map(removed -> touch(removed.service())).orElse(false);
    }

    /** The slices of {@code service} changed, which matters to nobody where it is not served. */
    private boolean touch(ObjectName service) {
        return services.containsKey(service) && markDirty(service);
    }

    private boolean markDirty(ObjectName service) {
        dirty.add(service);
        return true;
    }

    private boolean putNode(NodeRecord record, List<Skipped> skipped) {
        skippedNodes.put(record.name(), skipped);
        Optional<NodeRecord> previous = node;
        node = Optional.of(record);
        return !previous.equals(node);
    }

    private NodeIdentity identity() {
        return new NodeIdentity(
                nodeName,
                node.map(NodeRecord::zone).orElse(assumedZone),
                node.map(NodeRecord::addresses).orElse(List.of()));
    }

    /** Whether nothing is known of the slice's Service, not even a reason to leave it out. */
    private boolean hasNoService(SliceRecord slice) {
        return !services.containsKey(slice.service()) && !skippedServices.contains(slice.service());
    }

    private static Skipped withoutService(SliceRecord slice) {
        return new Skipped(
                "EndpointSlice " + slice.name(),
                "",
                "its Service " + slice.service() + " is not there, or another proxy serves it");
    }
}
