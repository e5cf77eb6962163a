package io.kubeferry.agent.watch.manifests;

import io.kubeferry.agent.state.ObjectName;
import java.util.Comparator;

/**
 * What tells one object of the manifests from another.
 *
 * @param name its namespace is empty for what has none
 */
record ManifestKey(ManifestKind kind, ObjectName name) implements Comparable<ManifestKey> {
    private static final Comparator<ManifestKey> ORDER =
            Comparator.comparing(ManifestKey::kind).thenComparing(ManifestKey::name);

    @Override
    public int compareTo(ManifestKey other) {
        return ORDER.compare(this, other);
    }

    /** {@code Service namespace/name}. */
    @Override
    public String toString() {
        return kind.kindName() + " " + (name.namespace().isEmpty() ? name.name() : name.toString());
    }
}
