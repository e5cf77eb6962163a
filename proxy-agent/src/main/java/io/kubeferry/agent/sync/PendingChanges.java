package io.kubeferry.agent.sync;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.kubeferry.agent.state.ObjectName;
import io.kubeferry.agent.state.SliceRecord;
import io.kubeferry.core.model.IpFamily;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Changes that no successful sync has covered yet. A sync takes them all, and puts them back if it fails. Thread-safe.
 */
final class PendingChanges {
    /** When an endpoint change that a slice tells of happened in the cluster. */
    private record Trigger(IpFamily family, Instant changed) {}

    /** A change before this process began says nothing about how fast it is. */
    private final Instant processStart;

    @GuardedBy("this")
    private Batch batch = new Batch();

    PendingChanges(Instant processStart) {
        this.processStart = processStart;
    }

    synchronized void service(ObjectName service, Set<IpFamily> families) {
        batch.services.add(service);
        batch.families.addAll(families);
    }

    synchronized void slice(SliceRecord slice) {
        batch.sliceChanges++;
        batch.families.add(slice.family());
        slice.lastChange()
                .filter(processStart::isBefore)
                .ifPresent(changed -> batch.triggers
                        .computeIfAbsent(slice.name(), ignored -> new ArrayList<>())
                        .add(new Trigger(slice.family(), changed)));
    }

    /** A removed slice carries the time of the change before, which is not the one to measure. */
    synchronized void sliceRemoved(ObjectName slice, Set<IpFamily> families) {
        batch.sliceChanges++;
        batch.families.addAll(families);
        batch.triggers.remove(slice);
    }

    synchronized void node(Set<IpFamily> families) {
        batch.families.addAll(families);
        batch.nodeChanged = true;
    }

    /** Hands over everything pending. */
    synchronized Batch take() {
        Batch taken = batch;
        batch = new Batch();
        return taken;
    }

    /** The sync that took {@code failed} did not succeed. */
    synchronized void putBack(Batch failed) {
        failed.add(batch);
        batch = failed;
    }

    synchronized int services() {
        return batch.services.size();
    }

    synchronized int slices() {
        return batch.sliceChanges;
    }

    synchronized Set<IpFamily> families() {
        return EnumSet.copyOf(batch.families);
    }

    /** Changes that one sync covers. Owned by one thread at a time. */
    static final class Batch {
        private final Set<ObjectName> services = new HashSet<>();
        private final Set<IpFamily> families = EnumSet.noneOf(IpFamily.class);
        private final Map<ObjectName, List<Trigger>> triggers = new HashMap<>();
        private int sliceChanges;
        private boolean nodeChanged;

        private void add(Batch later) {
            services.addAll(later.services);
            families.addAll(later.families);
            later.triggers.forEach((slice, added) -> triggers.computeIfAbsent(slice, ignored -> new ArrayList<>())
                    .addAll(added));
            sliceChanges += later.sliceChanges;
            nodeChanged |= later.nodeChanged;
        }

        boolean nodeChanged() {
            return nodeChanged;
        }

        boolean isEmpty() {
            return families.isEmpty();
        }

        /** Per IP family, when the changes to endpoints happened in the cluster. */
        Map<IpFamily, List<Instant>> changeTimes() {
            Map<IpFamily, List<Instant>> times = new EnumMap<>(IpFamily.class);
            for (List<Trigger> ofSlice : triggers.values()) {
                for (Trigger trigger : ofSlice) {
                    times.computeIfAbsent(trigger.family(), ignored -> new ArrayList<>())
                            .add(trigger.changed());
                }
            }
            return times;
        }
    }
}
