package io.kubeferry.core.routing;

import io.kubeferry.core.model.Endpoint;
import io.kubeferry.core.model.ServiceAddress;
import io.kubeferry.core.model.ServicePort;
import io.kubeferry.core.model.TrafficPolicy;
import java.util.List;

/**
 * One address of one service port, where it is offered on this host, and who serves it. Immutable.
 *
 * @param place where connections for it arrive
 * @param address the address as the Service has it
 * @param policy the policy that rules this address, and so the list {@code endpoints} is
 * @param endpoints the usable endpoints; empty means that connections are refused
 */
public record Route(
        ListenAddress place,
        ServiceAddress address,
        ServicePort servicePort,
        TrafficPolicy policy,
        List<Endpoint> endpoints) {
    /** Freezes the list. */
    public Route {
        endpoints = List.copyOf(endpoints);
    }

    /** Whether connections are accepted here at all. */
    public boolean isServed() {
        return !endpoints.isEmpty();
    }
}
