package io.kubeferry.agent.sync;

import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.model.ProxySnapshot;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Is told what the sync does. {@link #changesSeen}, {@link #changesPending} and {@link #queued} come from any thread,
 * {@link #succeeded} and {@link #failed} from the sync thread. What it throws is logged and changes nothing.
 */
public interface SyncObserver {
    /** What a change was about. */
    enum Subject {
        SERVICE,
        ENDPOINTS
    }

    /** How much a sync looked at. */
    enum Extent {
        /** What an earlier process has left: the sources have not told everything yet. */
        EARLY,
        /** Everything: the first sync, one after a failure, one that was forced by time or by a change of the node. */
        FULL,
        /** What changed since the one before. */
        PARTIAL
    }

    /**
     * A sync that is over.
     *
     * @param took from taking the snapshot to its being in force
     */
    record Run(Extent extent, Duration took) {}

    /** Events arrived, whether or not they change anything. A Service counts once per IP family, as in kube-proxy. */
    default void changesSeen(Subject subject, int count) {}

    /** This many changes wait for the next sync. */
    default void changesPending(Subject subject, int count) {}

    /** A sync was requested for {@code families}. */
    default void queued(Set<IpFamily> families) {}

    /**
     * A snapshot is in force.
     *
     * @param programming for each change to endpoints that is now in force: how long after the cluster changed
     */
    default void succeeded(ProxySnapshot snapshot, Run run, Map<IpFamily, List<Duration>> programming) {}

    /** A sync failed; it will be repeated. */
    default void failed(Run run) {}
}
