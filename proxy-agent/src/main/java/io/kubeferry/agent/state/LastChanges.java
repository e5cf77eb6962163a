package io.kubeferry.agent.state;

import io.kubeferry.core.model.IpFamily;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * When the slice changes happened that no sync has taken up yet, for
 * {@code kubeproxy_network_programming_duration_seconds} (kube-proxy: {@code lastChangeTriggerTimes}). Threading: guarded
 * by {@link ClusterState}'s lock.
 */
final class LastChanges {
    /** Only a sync that hangs leaves more changes of one slice behind; they must not fill the memory then. */
    private static final int MAX_PER_SLICE = 100;

    private final Instant startedAt;
    private final Map<ObjectName, Pending> bySlice = new HashMap<>();

    /** Changes from before {@code startedAt} waited for this process, not for a sync, and do not count. */
    LastChanges(Instant startedAt) {
        this.startedAt = startedAt;
    }

    /** Notes the change that led to {@code slice}, if it says when that was. */
    void add(SliceRecord slice) {
        slice.lastChange().filter(instant -> instant.isAfter(startedAt)).ifPresent(instant -> {
            Pending pending = bySlice.computeIfAbsent(slice.name(), absent -> new Pending(slice.family()));
            if (pending.instants.size() < MAX_PER_SLICE) {
                pending.instants.add(instant);
            }
        });
    }

    /** Forgets the slice called {@code name}: its time is that of its last update, not of its removal. */
    void remove(ObjectName name) {
        bySlice.remove(name);
    }

    /** All that was noted since the last call. */
    Map<IpFamily, List<Instant>> drain() {
        Map<IpFamily, List<Instant>> drained = new EnumMap<>(IpFamily.class);
        bySlice.values()
                .forEach(pending -> drained.computeIfAbsent(pending.family, absent -> new ArrayList<>())
                        .addAll(pending.instants));
        bySlice.clear();
        return drained;
    }

    private record Pending(IpFamily family, List<Instant> instants) {
        Pending(IpFamily family) {
            this(family, new ArrayList<>());
        }
    }
}
