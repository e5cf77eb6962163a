package io.kubeferry.agent.saved;

import io.kubeferry.agent.state.ClusterContents;
import io.kubeferry.core.model.RememberedClient;
import io.kubeferry.core.model.ServicePortKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What one process leaves for the next one. Immutable.
 *
 * <p>The cluster is kept as the sources told it, and not as it was planned: flags, interfaces and the version of kubeferry may
 * be others in the next run, and the plan then is that of the next run.
 *
 * @param origin whose state it is
 * @param saved when it was in force
 * @param cluster what was served
 * @param clients where session affinity sent clients
 */
public record SavedState(
        Origin origin, Moment saved, ClusterContents cluster, Map<ServicePortKey, List<RememberedClient>> clients) {
    /** Freezes the map. */
    public SavedState {
        clients = Map.copyOf(clients);
    }

    /**
     * What must be the same for one process to go on where another one ended.
     *
     * @param node the name of this node
     * @param source where the cluster's state comes from
     * @param serviceProxyName of which Services; empty for those without the label
     * @param namespaces the only ones that are watched; empty means all
     */
    public record Origin(String node, String source, String serviceProxyName, List<String> namespaces) {
        /** Freezes the list. */
        public Origin {
            namespaces = List.copyOf(namespaces);
        }
    }

    /**
     * A moment by a clock that nobody sets.
     *
     * @param bootId of the running kernel, another one after each boot
     * @param sinceBoot how long the kernel has been running, time asleep included
     * @param time what the clock on the wall said, for people
     */
    public record Moment(String bootId, Duration sinceBoot, Instant time) {}
}
