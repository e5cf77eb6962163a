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
        List<Skipped> before = skipped.isEmpty() ? byObject.remove(name) : byObject.put(name, skipped);
        for (Skipped.Kind kind : Skipped.Kind.values()) {
            List<Skipped> now = of(kind, skipped);
            if (!now.isEmpty() && (before == null || !now.equals(of(kind, before)))) {
                log(kind, now);
            }
        }
    }

    /** How many annotations have no effect. */
    long annotationsIgnored() {
        return all().filter(skipped -> skipped.kind() == Skipped.Kind.ANNOTATION_IGNORED)
                .count();
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

    private static List<Skipped> of(Skipped.Kind kind, List<Skipped> skipped) {
        return skipped.stream().filter(one -> one.kind() == kind).toList();
    }

    private static void log(Skipped.Kind kind, List<Skipped> skipped) {
        String object = skipped.getFirst().object();
        switch (kind) {
            case NOT_SERVED -> LOG.info("Not served object=\"{}\" reasons=\"{}\"", object, reasons(skipped));
            case ANNOTATION_IGNORED ->
                LOG.warn(
                        "Ignored, the rest of the object counts: object=\"{}\" reasons=\"{}\"",
                        object,
                        reasons(skipped));
        }
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
