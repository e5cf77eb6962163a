package io.kubeferry.agent.watch.manifests;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says what is wrong with manifests, each thing once until it changes. Confined to one thread, but for {@link
 * #standing}.
 */
final class ManifestLog {
    private static final Logger LOG = LoggerFactory.getLogger(ManifestSource.class);

    private final Path folder;
    private final Map<String, List<String>> problems = new HashMap<>();
    private final Map<String, List<String>> repeats = new HashMap<>();
    private final Map<String, String> otherKinds = new HashMap<>();
    private Set<String> conflicts = Set.of();
    private String folderProblem = "";
    /** What is wrong now, for other threads. */
    private volatile List<String> standing = List.of();

    ManifestLog(Path folder) {
        this.folder = folder;
    }

    /** What is wrong now, in sentences for people. From any thread. */
    List<String> standing() {
        return standing;
    }

    private void updateStanding() {
        List<String> now = new ArrayList<>();
        if (!folderProblem.isEmpty()) {
            now.add("folder of manifests " + folderProblem + ": " + folder);
        }
        new TreeMap<>(problems)
                .forEach((file, found) -> found.forEach(problem -> now.add("manifest " + folder.resolve(file) + " "
                        + problem + "; what was last good of it stays in force")));
        standing = List.copyOf(now);
    }

    /** The folder cannot be read. */
    void folderMissing(String reason) {
        if (!folderProblem.equals(reason)) {
            folderProblem = reason;
            updateStanding();
            LOG.warn(
                    "folder of manifests {}; waiting for it, what was last read from it stays in force: folder={}",
                    reason,
                    folder);
        }
    }

    /** The folder can be read. */
    void folderFound() {
        if (!folderProblem.isEmpty()) {
            folderProblem = "";
            updateStanding();
            LOG.info("folder of manifests is there: folder={}", folder);
        }
    }

    /** A file was read; {@code found} is what is wrong with it. */
    void read(String file, List<String> found) {
        List<String> before = found.isEmpty() ? problems.remove(file) : problems.put(file, List.copyOf(found));
        updateStanding();
        if (found.isEmpty() && before != null) {
            LOG.info("manifest is good again: file={}", folder.resolve(file));
        }
        for (String problem : found) {
            if (before == null || !before.contains(problem)) {
                LOG.warn("manifest: {} {}; what was last good of it stays in force", folder.resolve(file), problem);
            }
        }
    }

    /** A file was read; {@code found} are the objects that it has more than once. */
    void repeats(String file, List<String> found) {
        if (!found.isEmpty() && !found.equals(repeats.get(file))) {
            found.forEach(repeat -> LOG.warn("manifest: {} {}", folder.resolve(file), repeat));
        }
        repeats.put(file, found);
    }

    /** A file was read that has objects of kinds that nobody here wants. */
    void ignored(String file, SortedMap<String, Integer> kinds) {
        String words = kinds.entrySet().stream()
                .map(kind -> kind.getKey() + " (" + kind.getValue() + ")")
                .collect(Collectors.joining(", "));
        String before = words.isEmpty() ? otherKinds.remove(file) : otherKinds.put(file, words);
        if (!words.isEmpty() && !words.equals(before)) {
            LOG.info("manifest has objects that are not used here: file={} kinds={}", folder.resolve(file), words);
        }
    }

    /** A file is gone. */
    void removed(String file) {
        problems.remove(file);
        repeats.remove(file);
        otherKinds.remove(file);
        updateStanding();
    }

    /** The folder was read; {@code found} are the objects that more than one file has. */
    void conflicts(List<String> found) {
        for (String conflict : found) {
            if (!conflicts.contains(conflict)) {
                LOG.warn("manifests: {}: folder={}", conflict, folder);
            }
        }
        conflicts = new HashSet<>(found);
    }
}
