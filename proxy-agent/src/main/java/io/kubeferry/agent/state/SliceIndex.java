package io.kubeferry.agent.state;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * All slices, each under its own name, so that one that goes takes nothing else with it, and those of each Service.
 * Threading: guarded by {@link ClusterState}'s lock.
 */
final class SliceIndex {
    private final Map<ObjectName, SliceRecord> byName = new HashMap<>();
    private final Map<ObjectName, TreeMap<ObjectName, SliceRecord>> byService = new HashMap<>();

    /** Keeps {@code slice} in place of the one of its name, which is returned. */
    Optional<SliceRecord> put(SliceRecord slice) {
        Optional<SliceRecord> previous = remove(slice.name());
        byName.put(slice.name(), slice);
        byService.computeIfAbsent(slice.service(), absent -> new TreeMap<>()).put(slice.name(), slice);
        return previous;
    }

    /** Forgets the slice called {@code name} and returns it. */
    Optional<SliceRecord> remove(ObjectName name) {
        SliceRecord removed = byName.remove(name);
        if (removed == null) {
            return Optional.empty();
        }
        byService.computeIfPresent(removed.service(), (service, slices) -> {
            slices.remove(name);
            return slices.isEmpty() ? null : slices;
        });
        return Optional.of(removed);
    }

    /** The slices of {@code service} in the order of their names. */
    Collection<SliceRecord> of(ObjectName service) {
        TreeMap<ObjectName, SliceRecord> slices = byService.get(service);
        return slices == null ? List.of() : slices.values();
    }

    /** Every slice in the order of its name. */
    Stream<SliceRecord> all() {
        return byName.values().stream().sorted(Comparator.comparing(SliceRecord::name));
    }
}
