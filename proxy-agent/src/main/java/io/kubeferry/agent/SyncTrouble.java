package io.kubeferry.agent;

import io.kubeferry.agent.sync.SyncObserver;
import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.model.ProxySnapshot;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What keeps the known state of the cluster from being served, in a sentence.
 *
 * <p>Threading: told on the sync thread, asked from any.
 */
final class SyncTrouble implements SyncObserver {
    private enum State {
        /** No sync has ended yet. */
        WAITING,
        /** What is served is what an earlier process has left. */
        EARLY,
        SYNCED,
        FAILING
    }

    private final Supplier<String> early;
    private volatile State state = State.WAITING;

    /** {@code early} says, in a clause, what is served before the sources have told everything. */
    SyncTrouble(Supplier<String> early) {
        this.early = early;
    }

    @Override
    public void succeeded(ProxySnapshot snapshot, Run run, Map<IpFamily, List<Duration>> programming) {
        state = switch (run.extent()) {
            case EARLY -> State.EARLY;
            case FULL, PARTIAL -> State.SYNCED;
        };
    }

    @Override
    public void failed(Run run) {
        state = State.FAILING;
    }

    /** What is wrong now; {@code healthy} is whether syncs are in time, {@code source} where state comes from. */
    Optional<String> now(boolean healthy, String source) {
        return switch (state) {
            case WAITING -> Optional.of("nothing is served yet: waiting for the first complete lists from " + source);
            case EARLY -> Optional.of(early.get() + ": waiting for the first complete lists from " + source);
            case FAILING ->
                Optional.of("the last sync failed and is tried again; what was in force before stays. The log has why");
            case SYNCED ->
                healthy
                        ? Optional.empty()
                        : Optional.of("changes of the cluster are waiting: no sync has ended in time");
        };
    }
}
