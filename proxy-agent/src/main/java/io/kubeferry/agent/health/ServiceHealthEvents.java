package io.kubeferry.agent.health;

import io.kubeferry.agent.state.ObjectName;

/** Tells the owner of a Service what is wrong with its health-check port. Called on the sync thread; must not block. */
@FunctionalInterface
public interface ServiceHealthEvents {
    /**
     * The port could not be opened; it is tried again at every sync. In kube-proxy this is the Warning event
     * {@code FailedToStartServiceHealthcheck} with action {@code Listen} on the Service. Called once for each new reason.
     */
    void failedToStart(ObjectName service, int port, String reason);
}
