package io.kubeferry.agent.status;

import io.kubeferry.core.observe.DataPlaneView.ServicePortView;
import io.kubeferry.core.routing.ListenAddress;
import io.kubeferry.core.routing.Route;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * The data plane at one moment. Immutable.
 *
 * @param servicePorts in the order of their names
 * @param notListening places that should be listening and could not be bound
 */
public record StatusReading(
        List<ServicePortView> servicePorts, Collection<Route> routes, Set<ListenAddress> notListening) {}
