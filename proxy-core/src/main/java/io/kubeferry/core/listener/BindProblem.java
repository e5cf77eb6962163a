package io.kubeferry.core.listener;

import io.kubeferry.core.net.SocketFailure;
import io.kubeferry.core.routing.Route;

/** An address that should be listening and could not be bound. Immutable. */
public record BindProblem(Route route, SocketFailure failure) {
    /** One sentence for its owner. */
    @Override
    public String toString() {
        return "Service " + route.servicePort().name() + ": cannot listen on " + route.place() + " for "
                + route.address() + ": " + failure.description();
    }
}
