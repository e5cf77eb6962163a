package io.kubeferry.agent.state;

import io.kubeferry.core.model.Skipped;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What of each object of one kind is not served. It is logged once, in one line for the object, and again only when it
 * changes. Threading: guarded by {@link ClusterState}'s lock.
 */
final class SkippedLedger<K extends Comparable<K>> {
    private static final Logger LOG = LoggerFactory.getLogger(SkippedLedger.class);
    private static final int MAX_LOGGED = 5;

    private final Map<K, List<Skipped>> byObject = new TreeMap<>();

    /** Sets what is left out of the object called {@code name}: nothing, if the list is empty. */
    void put(K name, List<Skipped> skipped) {
        if (skipped.isEmpty()) {
            byObject.remove(name);
        } else if (!skipped.equals(byObject.put(name, skipped))) {
            LOG.info(
                    "Not served object=\"{}\" reasons=\"{}\"",
                    skipped.getFirst().object(),
                    reasons(skipped));
        }
    }

    /** Forgets the object called {@code name}. */
    void remove(K name) {
        byObject.remove(name);
    }

    /** Whether something is left out of the object called {@code name}. */
    boolean contains(K name) {
        return byObject.containsKey(name);
    }

    /** Everything, in the order of the objects' names. */
    Stream<Skipped> all() {
        return byObject.values().stream().flatMap(List::stream);
    }

    private static String reasons(List<Skipped> skipped) {
        String first = skipped.stream()
                .limit(MAX_LOGGED)
                .map(one -> one.port().isEmpty() ? one.reason() : "port " + one.port() + ": " + one.reason())
                .collect(Collectors.joining("; "));
        int more = skipped.size() - MAX_LOGGED;
        return more > 0 ? first + "; and " + more + " more" : first;
    }
}
