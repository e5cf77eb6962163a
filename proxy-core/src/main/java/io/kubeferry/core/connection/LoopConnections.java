package io.kubeferry.core.connection;

import io.kubeferry.core.observe.CloseReason;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The live connections of one event loop.
 *
 * <p>Threading: confined to that loop, but for {@link #count}.
 */
final class LoopConnections {
    private final Set<ProxiedConnection> live = new LinkedHashSet<>();
    /** The size of {@code live}, for other threads. */
    private final AtomicInteger count = new AtomicInteger();

    void add(ProxiedConnection connection) {
        live.add(connection);
        count.setRelease(live.size());
    }

    void remove(ProxiedConnection connection) {
        live.remove(connection);
        count.setRelease(live.size());
    }

    int count() {
        return count.get();
    }

    void sweep(long nowNanos) {
        // A copy, since a connection that ends removes itself.
        new ArrayList<>(live).forEach(connection -> connection.sweep(nowNanos));
    }

    void abortAll(CloseReason reason) {
        new ArrayList<>(live).forEach(connection -> connection.abort(reason));
    }
}
