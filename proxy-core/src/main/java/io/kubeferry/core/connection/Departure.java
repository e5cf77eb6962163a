package io.kubeferry.core.connection;

import io.kubeferry.core.balance.EndpointTrack;
import io.kubeferry.core.model.EndpointRemoval;
import java.util.Set;

/**
 * Endpoints that a service port has no longer, in no slice, and what its owner wants for their connections. Immutable.
 *
 * @param rule the last one that was in force, where the Service itself is gone
 */
public record Departure(Set<EndpointTrack> endpoints, EndpointRemoval rule) {
    /** Freezes the set. */
    public Departure {
        endpoints = Set.copyOf(endpoints);
    }
}
