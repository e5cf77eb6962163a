package io.kubeferry.core.connection;

import io.kubeferry.core.balance.EndpointTrack;
import io.kubeferry.core.model.EndpointRemoval;
import io.kubeferry.core.observe.CloseReason;
import io.kubeferry.core.observe.Ticker;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

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

    /** Ends the connections to endpoints of {@code departure}; those that may finish after the time they are given. */
    void endConnectionsTo(Departure departure, EventLoop loop, Ticker ticker) {
        switch (departure.rule()) {
            case EndpointRemoval.Keep() -> {}
            case EndpointRemoval.Reset() -> endConnectionsTo(departure.endpoints()::contains);
            case EndpointRemoval.Drain(Duration patience) ->
                loop.schedule(
                        // Not those that have come back meanwhile, also if they have left once more.
                        () -> endConnectionsTo(track ->
                                departure.endpoints().contains(track) && track.isGoneFor(patience, ticker.nanos())),
                        patience.toNanos(),
                        TimeUnit.NANOSECONDS);
        }
    }

    private void endConnectionsTo(Predicate<EndpointTrack> gone) {
        new ArrayList<>(live).forEach(connection -> connection.endpointRemoved(gone));
    }

    void abortAll(CloseReason reason) {
        new ArrayList<>(live).forEach(connection -> connection.abort(reason));
    }
}
