package io.kubeferry.agent.status;

import io.kubeferry.core.observe.DataPlaneView.ServicePortView;
import io.kubeferry.core.routing.ListenAddress;
import io.kubeferry.core.routing.OfferedAt;
import io.kubeferry.core.routing.RoutingPlan;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * The data plane at one moment. Immutable.
 *
 * @param agent who tells this
 * @param moment when
 * @param servicePorts in the order of their names
 * @param plan what is offered, {@code offeredAt} where
 * @param notListening places that should be listening and could not be bound
 * @param problems what is wrong now
 */
public record StatusReading(
        Agent agent,
        Moment moment,
        List<ServicePortView> servicePorts,
        RoutingPlan plan,
        OfferedAt offeredAt,
        Set<ListenAddress> notListening,
        List<StatusProblem> problems) {
    /**
     * An agent.
     *
     * @param source where it knows Services from
     */
    public record Agent(String node, String version, String source) {}

    /**
     * One moment by two clocks.
     *
     * @param tickerNanos by the ticker of the data plane
     */
    public record Moment(Instant time, long tickerNanos) {
        /** When it was {@code nanos} by the ticker. */
        Instant at(long nanos) {
            return time.minusNanos(tickerNanos - nanos);
        }
    }
}
