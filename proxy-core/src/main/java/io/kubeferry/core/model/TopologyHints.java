package io.kubeferry.core.model;

import java.util.Set;

/**
 * For whom an endpoint is meant, as the EndpointSlice controller hints.
 *
 * @param zones names of zones; empty means no zone hint
 * @param nodes names of nodes; empty means no node hint
 */
public record TopologyHints(Set<String> zones, Set<String> nodes) {
    /** No hint at all. */
    public static final TopologyHints NONE = new TopologyHints(Set.of(), Set.of());

    /** Freezes the sets. */
    public TopologyHints {
        zones = Set.copyOf(zones);
        nodes = Set.copyOf(nodes);
    }
}
