package io.kubeferry.agent.metrics;

import io.kubeferry.core.model.IpFamily;

/**
 * How many service ports a Local policy leaves without a usable endpoint on this node although there are endpoints
 * elsewhere. Asked at a scrape, from any thread.
 */
public interface LocalEndpointGaps {
    /** Ports whose internal traffic is affected. */
    int internal(IpFamily family);

    /** Ports whose external traffic is affected. */
    int external(IpFamily family);
}
