package io.kubeferry.agent.watch.manifests;

import io.kubeferry.agent.state.ClusterEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All objects of a folder. Immutable.
 *
 * @param objects what counts
 * @param conflicts one clause for each object that more than one file has
 */
record FolderContent(Map<ManifestKey, ClusterEvent> objects, List<String> conflicts) {
    /** Nothing. */
    static final FolderContent EMPTY = new FolderContent(Map.of(), List.of());

    /** Puts the objects of all files together: the same object in two files is taken from the later one by name. */
    static FolderContent merge(SortedMap<String, Map<ManifestKey, ClusterEvent>> files) {
        Map<ManifestKey, ClusterEvent> objects = new HashMap<>();
        Map<ManifestKey, String> owners = new HashMap<>();
        List<String> conflicts = new ArrayList<>();
        files.forEach((file, fileObjects) -> new TreeMap<>(fileObjects).forEach((key, event) -> {
            String earlier = owners.put(key, file);
            if (earlier != null) {
                conflicts.add(key + " is in " + earlier + " and in " + file + "; " + file + " counts");
            }
            objects.put(key, event);
        }));
        return new FolderContent(objects, conflicts);
    }

    /**
     * What leads from {@code previous} to this, and nothing else. What comes precedes what goes, so that endpoints that
     * move from one slice to another are never missing.
     */
    List<ClusterEvent> changesSince(FolderContent previous) {
        List<ClusterEvent> changes = new ArrayList<>();
        new TreeMap<>(objects).forEach((key, event) -> {
            if (!event.equals(previous.objects.get(key))) {
                changes.add(event);
            }
        });
        new TreeMap<>(previous.objects).forEach((key, event) -> {
            if (!objects.containsKey(key)) {
                changes.add(key.kind().removed(key));
            }
        });
        return changes;
    }
}
