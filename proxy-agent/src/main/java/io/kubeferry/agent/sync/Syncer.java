package io.kubeferry.agent.sync;

import io.kubeferry.agent.state.ClusterEvent;
import io.kubeferry.agent.state.ObjectName;
import io.kubeferry.agent.state.SliceRecord;
import io.kubeferry.agent.sync.SyncObserver.Extent;
import io.kubeferry.agent.sync.SyncObserver.Run;
import io.kubeferry.agent.sync.SyncObserver.Subject;
import io.kubeferry.agent.watch.ClusterListener;
import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.model.ProxySnapshot;
import io.kubeferry.core.observe.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the events of all sources into the cluster's state and brings snapshots of it to the data plane, paced, and not
 * before every source is complete, but for what an earlier process has left.
 *
 * <p>Threading: events come from any thread; snapshots are applied on the sync thread, one after the other.
 */
public final class Syncer implements ClusterListener, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Syncer.class);

    private final SnapshotSource source;
    private final SnapshotApplier applier;
    private final SyncHealth health;
    private final List<SyncObserver> observers;
    private final Set<IpFamily> families;
    private final Ticker ticker;
    private final InstantSource clock;
    private final SyncGate gate;
    private final PendingChanges pending;
    private final PacedRunner runner;
    /** Sync thread only. */
    private boolean everythingDue = true;

    /** Nothing happens before {@link #start}. */
    public Syncer(
            SnapshotSource source,
            SnapshotApplier applier,
            SyncHealth health,
            List<SyncObserver> observers,
            SyncOptions options,
            Ticker ticker,
            InstantSource clock) {
        this.source = source;
        this.applier = applier;
        this.health = health;
        this.observers = List.copyOf(observers);
        this.ticker = ticker;
        this.clock = clock;
        families = options.families();
        gate = new SyncGate(options.sources());
        pending = new PendingChanges();
        runner = new PacedRunner("kubeferry-sync", this::syncOnce, options.pacing(), ticker);
    }

    /** Begins to wait for the sources. From here on this process counts as healthy, as kube-proxy does. */
    public void start() {
        families.forEach(health::updated);
        tell(observer -> observer.queued(families));
        runner.start();
    }

    /**
     * Serves what {@code events} tell, from before this process, until every source is complete: what they deliver meanwhile
     * asks for no sync, since it is not the whole.
     */
    public void serveEarly(List<ClusterEvent> events) {
        events.forEach(source::apply);
        gate.openEarly();
        request(families);
    }

    @Override
    public void onEvent(ClusterEvent event) {
        onEvents(List.of(event));
    }

    @Override
    public void onEvents(List<ClusterEvent> events) {
        EnumSet<IpFamily> affected = EnumSet.noneOf(IpFamily.class);
        for (ClusterEvent event : events) {
            boolean changed = source.apply(event);
            Set<IpFamily> concerned = seen(event, changed);
            if (changed) {
                affected.addAll(concerned);
            }
        }
        if (gate.isComplete() && !affected.isEmpty()) {
            request(affected);
        }
    }

    @Override
    public void onSynced() {
        if (gate.sourceSynced()) {
            request(families);
        }
    }

    /** Asks for a sync although no source changed anything: an address of the node came or went, a bind is to be retried. */
    public void requestSync() {
        if (gate.isOpen()) {
            request(families);
        }
    }

    /** No snapshot is applied after this returns. */
    @Override
    public void close() {
        runner.close();
    }

    /** One sync, on the sync thread. */
    void syncOnce() throws Exception {
        if (!gate.isOpen()) {
            return;
        }
        PendingChanges.Batch changes = pending.take();
        tellPending();
        boolean complete = gate.isComplete();
        Extent extent = complete ? extent(changes) : Extent.EARLY;
        long startNanos = ticker.nanos();
        // Before the snapshot, which then has them all. Those of a failed sync are lost, as in kube-proxy.
        Map<IpFamily, List<Instant>> changeTimes = source.drainLastChanges();
        ProxySnapshot snapshot;
        try {
            snapshot = source.snapshot();
            applier.apply(snapshot);
        } catch (Throwable failure) {
            everythingDue = true;
            pending.putBack(changes);
            tellPending();
            Run run = runSince(startNanos, extent);
            tell(observer -> observer.failed(run));
            throw failure;
        }
        everythingDue = !complete;
        families.forEach(health::updated);
        // What came in meanwhile is not covered; without this mark a next sync that hangs would go unnoticed.
        pending.families().forEach(health::queued);
        Run run = runSince(startNanos, extent);
        Map<IpFamily, List<Duration>> programming = ages(changeTimes, clock.instant());
        tell(observer -> observer.succeeded(snapshot, run, programming));
    }

    private Extent extent(PendingChanges.Batch changes) {
        return everythingDue || changes.nodeChanged() || changes.isEmpty() ? Extent.FULL : Extent.PARTIAL;
    }

    private Run runSince(long startNanos, Extent extent) {
        return new Run(extent, Duration.ofNanos(ticker.nanos() - startNanos));
    }

    private void request(Set<IpFamily> affected) {
        affected.forEach(health::queued);
        tell(observer -> observer.queued(affected));
        runner.request();
    }

    /** Counts the event; answers which IP families it may concern. */
    private Set<IpFamily> seen(ClusterEvent event, boolean changed) {
        return switch (event) {
            case ClusterEvent.ServiceApplied applied ->
                serviceSeen(applied.service().name(), changed);
            case ClusterEvent.ServiceIgnored ignored -> serviceSeen(ignored.name(), changed);
            case ClusterEvent.ServiceRemoved removed -> serviceSeen(removed.name(), changed);
            case ClusterEvent.SliceApplied applied -> sliceSeen(applied.slice(), changed);
            // One of names instead of addresses, say: kube-proxy does not count those, but that endpoints went.
            case ClusterEvent.SliceIgnored ignored -> changed ? slicesSeen(families, true) : Set.of();
            case ClusterEvent.SliceRemoved removed -> slicesSeen(families, changed);
            case ClusterEvent.NodeApplied applied -> nodeSeen(changed);
            case ClusterEvent.NodeRemoved removed -> nodeSeen(changed);
            case ClusterEvent.ServiceCidrApplied applied -> nodeSeen(changed);
            case ClusterEvent.ServiceCidrRemoved removed -> nodeSeen(changed);
        };
    }

    private Set<IpFamily> serviceSeen(ObjectName service, boolean changed) {
        tell(observer -> observer.changesSeen(Subject.SERVICE, families.size()));
        if (changed) {
            pending.service(service, families);
            tellPending();
        }
        return families;
    }

    private Set<IpFamily> sliceSeen(SliceRecord slice, boolean changed) {
        // A slice of a family that is not served concerns nobody.
        return families.contains(slice.family()) ? slicesSeen(EnumSet.of(slice.family()), changed) : Set.of();
    }

    private Set<IpFamily> slicesSeen(Set<IpFamily> affected, boolean changed) {
        tell(observer -> observer.changesSeen(Subject.ENDPOINTS, 1));
        if (changed) {
            pending.slice(affected);
            tellPending();
        }
        return affected;
    }

    private Set<IpFamily> nodeSeen(boolean changed) {
        if (changed) {
            pending.node(families);
        }
        return families;
    }

    private void tellPending() {
        int services = pending.services();
        int slices = pending.slices();
        tell(observer -> {
            observer.changesPending(Subject.SERVICE, services);
            observer.changesPending(Subject.ENDPOINTS, slices);
        });
    }

    private void tell(Consumer<SyncObserver> news) {
        for (SyncObserver observer : observers) {
            try {
                news.accept(observer);
            } catch (RuntimeException e) {
                log.warn(
                        "an observer of syncs failed, which changes nothing: observer={} problem={}",
                        observer.getClass().getSimpleName(),
                        e,
                        e);
            }
        }
    }

    private static Map<IpFamily, List<Duration>> ages(Map<IpFamily, List<Instant>> times, Instant now) {
        Map<IpFamily, List<Duration>> ages = new EnumMap<>(IpFamily.class);
        times.forEach((family, instants) -> ages.put(
                family,
                instants.stream().map(changed -> Duration.between(changed, now)).toList()));
        return ages;
    }
}
