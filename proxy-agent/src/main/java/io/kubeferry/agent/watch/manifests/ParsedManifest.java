package io.kubeferry.agent.watch.manifests;

import io.kubeferry.agent.state.ClusterEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What one manifest says. Immutable.
 *
 * @param objects what can be used
 * @param broken objects that are in the manifest but cannot be used; what was last known of them stays in force
 * @param problems one clause each, with its line
 * @param repeats objects that are in it more than once, one clause each
 * @param otherKinds kinds that nobody here wants, and how many objects of each
 */
record ParsedManifest(
        Map<ManifestKey, ClusterEvent> objects,
        Set<ManifestKey> broken,
        List<String> problems,
        List<String> repeats,
        SortedMap<String, Integer> otherKinds) {

    /** The objects that are in force after {@code previous} ones of the same file. */
    Map<ManifestKey, ClusterEvent> objectsAfter(Map<ManifestKey, ClusterEvent> previous) {
        Map<ManifestKey, ClusterEvent> result = new HashMap<>(objects);
        for (ManifestKey key : broken) {
            ClusterEvent lastGood = previous.get(key);
            if (lastGood != null) {
                result.putIfAbsent(key, lastGood);
            }
        }
        return result;
    }

    /** Collects a manifest object by object. Confined to one thread. */
    static final class Builder {
        private final Map<ManifestKey, ClusterEvent> objects = new HashMap<>();
        private final Map<ManifestKey, Integer> lines = new HashMap<>();
        private final Set<ManifestKey> broken = new HashSet<>();
        private final List<String> problems = new ArrayList<>();
        private final List<String> repeats = new ArrayList<>();
        private final SortedMap<String, Integer> otherKinds = new TreeMap<>();
        private boolean empty = true;

        void add(int line, ManifestObject object) {
            empty = false;
            switch (object) {
                case ManifestObject.Usable(ManifestKey key, ClusterEvent event) -> {
                    Integer earlier = lines.put(key, line);
                    if (earlier != null) {
                        repeats.add(key + " is in line " + earlier + " and in line " + line + "; the later one counts");
                    }
                    objects.put(key, event);
                }
                case ManifestObject.Broken(var key, String reason) -> {
                    key.ifPresent(broken::add);
                    addProblem(line, reason);
                }
                case ManifestObject.OtherKind(String kindName) -> otherKinds.merge(kindName, 1, Integer::sum);
                case ManifestObject.NotOurs() -> {}
            }
        }

        void addProblem(int line, String reason) {
            empty = false;
            problems.add("line " + line + ": " + reason);
        }

        /** A list that may have no items is still a manifest. */
        void addNothing() {
            empty = false;
        }

        boolean isEmpty() {
            return empty;
        }

        ParsedManifest build() {
            return new ParsedManifest(objects, broken, problems, repeats, otherKinds);
        }
    }
}
