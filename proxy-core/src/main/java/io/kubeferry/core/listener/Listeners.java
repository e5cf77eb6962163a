package io.kubeferry.core.listener;

import io.kubeferry.core.model.ProxySnapshot;
import io.kubeferry.core.routing.RoutingPlan;
import java.util.List;

/** Gets the connections to the addresses of a plan into this process. Thread-safe; calls may block. */
public interface Listeners {
    /** Accepts what {@code plan} serves from now on, and nothing else; it is for {@code snapshot}. */
    void reconcile(RoutingPlan plan, ProxySnapshot snapshot);

    /** Tries again what could not be done. */
    void retry();

    /** What should be listening and is not. */
    List<BindProblem> problems();

    /** The number of listening sockets. */
    int listening();

    /** How often accepting was stopped for want of room. Needs no lock. */
    long acceptPauses();

    /** Stops listening everywhere. */
    void closeAll();
}
