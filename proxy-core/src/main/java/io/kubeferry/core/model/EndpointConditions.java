package io.kubeferry.core.model;

/**
 * The conditions of an endpoint, with the API's defaults already applied.
 *
 * @param ready it takes new connections
 * @param serving it would answer, whether or not it is about to go
 * @param terminating its pod is being deleted
 */
public record EndpointConditions(boolean ready, boolean serving, boolean terminating) {
    /** An endpoint that takes connections. */
    public static final EndpointConditions READY = new EndpointConditions(true, true, false);

    /** Whether it can stand in while no ready endpoint is left (KEP-1669). */
    public boolean servingAndTerminating() {
        return serving && terminating;
    }
}
