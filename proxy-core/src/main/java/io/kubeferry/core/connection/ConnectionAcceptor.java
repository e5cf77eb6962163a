package io.kubeferry.core.connection;

import io.kubeferry.core.model.EndpointRemoval;
import io.kubeferry.core.net.EventLoops;
import io.kubeferry.core.net.SocketTuning;
import io.kubeferry.core.net.TcpStream;
import io.kubeferry.core.net.Transport;
import io.kubeferry.core.observe.CloseReason;
import io.kubeferry.core.observe.ConnectionLog;
import io.kubeferry.core.observe.Ticker;
import io.kubeferry.core.relay.Relays;
import io.netty.channel.ChannelException;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes accepted streams, turns each into a connection on an event loop, and keeps count of them until they end.
 *
 * <p>Thread-safe.
 */
public final class ConnectionAcceptor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionAcceptor.class);
    private static final Duration LONGEST_SWEEP_PERIOD = Duration.ofSeconds(1);

    private final EventLoops loops;
    private final ConnectionContext context;
    private final Map<EventLoop, LoopConnections> connections = new HashMap<>();
    private final List<Future<?>> sweeps = new ArrayList<>();
    private final LongAdder accepted = new LongAdder();

    /**
     * Connections on {@code loops} through {@code relays}, for whatever {@code destinations} finds; {@code log} hears how
     * they end. Where there are no {@code sources}, endpoints see this host's address.
     */
    public ConnectionAcceptor(
            EventLoops loops,
            Relays relays,
            ConnectionSettings settings,
            Destinations destinations,
            Optional<UpstreamSources> sources,
            Ticker ticker,
            Optional<ConnectionLog> log) {
        this.loops = loops;
        Transport transport = loops.transport();
        this.context = new ConnectionContext(
                transport, new SocketTuning(transport), relays, destinations, sources, ticker, log);
        long periodNanos = sweepPeriod(settings).toNanos();
        for (EventLoop loop : loops.all()) {
            LoopConnections ofLoop = new LoopConnections();
            connections.put(loop, ofLoop);
            sweeps.add(loop.scheduleWithFixedDelay(
                    () -> ofLoop.sweep(ticker.nanos()), periodNanos, periodNanos, TimeUnit.NANOSECONDS));
        }
    }

    /** Prepares a channel that will listen for connections to be accepted here. */
    public void prepare(ServerSocketChannel listener) {
        context.tuning().applyTo(listener);
    }

    /** Takes over a stream that a listener, so prepared, has just accepted. */
    public void accept(TcpStream downstream) {
        accept(downstream, loops.next());
    }

    /** As {@link #accept(TcpStream)}, and carries it on {@code loop}, one of the loops given at construction. */
    public void accept(TcpStream downstream, EventLoop loop) {
        accepted.increment();
        try {
            context.tuning().applyToAccepted(downstream);
        } catch (ChannelException alreadyGone) {
            LOG.debug("client was gone before its connection was set up", alreadyGone);
            downstream.close();
            return;
        }
        ProxiedConnection connection =
                new ProxiedConnection(context, Objects.requireNonNull(connections.get(loop)), downstream);
        downstream.accept(loop, connection.opening());
    }

    /** How many were accepted so far, over all listeners. */
    public long accepted() {
        return accepted.sum();
    }

    /** The number of connections that have not ended. */
    public int count() {
        return connections.values().stream().mapToInt(LoopConnections::count).sum();
    }

    /** Ends the connections to endpoints that are gone, as the owner of their Service wants it. Does not wait. */
    public void endConnectionsTo(Departure departure) {
        if (!(departure.rule() instanceof EndpointRemoval.Keep)) {
            connections.forEach(
                    (loop, ofLoop) -> loop.execute(() -> ofLoop.endConnectionsTo(departure, loop, context.ticker())));
        }
    }

    /** Resets every connection that is left. Returns when all loops have done so. */
    public void abortAll(CloseReason reason) {
        List<Future<?>> aborted = new ArrayList<>();
        connections.forEach((loop, ofLoop) -> aborted.add(loop.submit(() -> ofLoop.abortAll(reason))));
        aborted.forEach(Future::awaitUninterruptibly);
    }

    /** Stops looking after silent connections. */
    @Override
    public void close() {
        sweeps.forEach(sweep -> sweep.cancel(false));
    }

    private static Duration sweepPeriod(ConnectionSettings settings) {
        Duration quarter =
                settings.idleTimeout().orElse(settings.halfClosedTimeout()).dividedBy(4);
        return quarter.compareTo(LONGEST_SWEEP_PERIOD) < 0 ? quarter : LONGEST_SWEEP_PERIOD;
    }
}
