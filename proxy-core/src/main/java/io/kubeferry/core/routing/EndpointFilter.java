package io.kubeferry.core.routing;

import io.kubeferry.core.model.Endpoint;
import io.kubeferry.core.model.ServicePort;
import io.kubeferry.core.model.Skipped;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Leaves out endpoints that no connection may be carried to: an address that is itself served here would be a loop,
 * since user space has no hop limit; loopback and link-local addresses from the API would reach this host's own
 * daemons. Pure.
 */
final class EndpointFilter {
    private final Set<ListenAddress> served;
    private final EndpointOrigin origin;

    /** Endpoints of {@code origin}, none of which may be one of {@code served}. */
    EndpointFilter(Set<ListenAddress> served, EndpointOrigin origin) {
        this.served = served;
        this.origin = origin;
    }

    /** What is left of {@code servicePort}: the same object where nothing was left out. Reasons go to {@code skipped}. */
    ServicePort filter(ServicePort servicePort, List<Skipped> skipped) {
        List<Endpoint> kept = new ArrayList<>(servicePort.endpoints().size());
        for (Endpoint endpoint : servicePort.endpoints()) {
            Optional<String> objection = objectionTo(endpoint);
            if (objection.isEmpty()) {
                kept.add(endpoint);
            } else {
                skipped.add(new Skipped(
                        "Service " + servicePort.name().qualifiedService(),
                        servicePort.portLabel(),
                        "endpoint " + endpoint + " is " + objection.get() + ", connections do not go there"));
            }
        }
        return kept.size() == servicePort.endpoints().size()
                ? servicePort
                : new ServicePort(
                        servicePort.key(),
                        servicePort.addresses(),
                        servicePort.rules(),
                        servicePort.connections(),
                        servicePort.created(),
                        kept);
    }

    private Optional<String> objectionTo(Endpoint endpoint) {
        InetAddress address = endpoint.address();
        if (served.contains(new ListenAddress(address, endpoint.port()))) {
            return Optional.of("itself an address served here");
        }
        if (address.isAnyLocalAddress() || address.isMulticastAddress()) {
            return Optional.of("not a unicast address");
        }
        return switch (origin) {
            case MANIFESTS -> Optional.empty();
            case API_SERVER ->
                address.isLoopbackAddress()
                        ? Optional.of("a loopback address")
                        : address.isLinkLocalAddress() ? Optional.of("a link-local address") : Optional.empty();
        };
    }
}
