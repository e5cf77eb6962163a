package io.kubeferry.agent.watch.manifests;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Tells which files of a folder changed and have come to rest. Confined to one thread.
 *
 * <p>A change counts once two looks in a row saw the same. So a file that is being written, or that an editor moved away
 * to put a new one in its place, is not taken for what it is half-way through.
 */
final class SettledFiles {
    private final Map<String, String> settled = new HashMap<>();
    private Map<String, String> lastSeen;

    /**
     * Begins.
     *
     * @param fingerprints what is there at the start, which counts at once
     */
    SettledFiles(Map<String, String> fingerprints) {
        settled.putAll(fingerprints);
        lastSeen = Map.copyOf(fingerprints);
    }

    /**
     * The names that came, changed or went since they were last returned.
     *
     * @param fingerprints what a look at the folder just saw, by file name
     */
    SortedSet<String> look(Map<String, String> fingerprints) {
        TreeSet<String> names = new TreeSet<>(settled.keySet());
        names.addAll(fingerprints.keySet());
        names.removeIf(name -> {
            String now = fingerprints.get(name);
            return Objects.equals(now, settled.get(name)) || !Objects.equals(now, lastSeen.get(name));
        });
        for (String name : names) {
            String now = fingerprints.get(name);
            if (now == null) {
                settled.remove(name);
            } else {
                settled.put(name, now);
            }
        }
        lastSeen = Map.copyOf(fingerprints);
        return names;
    }
}
