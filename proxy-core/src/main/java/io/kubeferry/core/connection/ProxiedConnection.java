package io.kubeferry.core.connection;

import io.kubeferry.core.balance.Candidate;
import io.kubeferry.core.balance.EndpointTrack;
import io.kubeferry.core.model.ProxyProtocol;
import io.kubeferry.core.net.StreamListener;
import io.kubeferry.core.net.TcpStream;
import io.kubeferry.core.observe.CloseReason;
import io.kubeferry.core.relay.Direction;
import io.kubeferry.core.relay.Relay;
import io.kubeferry.core.relay.RelayListener;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelException;
import java.net.InetSocketAddress;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection, from accept to end.
 *
 * <pre>
 *   ACCEPTED ── begin ──► CONNECTING ── an endpoint answered ──► RELAYING
 *       │                     │  ▲ │ endpoint failed, another is left │
 *       │                     │  └─┘                                  │
 *       └─────────────────────┴──────────────► ENDED ◄────────────────┘
 * </pre>
 *
 * <p>Threading: confined to the downstream's event loop, which is the upstream's too.
 */
final class ProxiedConnection implements ConnectAttempts.Listener, RelayListener {
    private enum State {
        ACCEPTED,
        CONNECTING,
        RELAYING,
        ENDED
    }

    private static final Logger LOG = LoggerFactory.getLogger(ProxiedConnection.class);

    private final ConnectionContext context;
    private final LoopConnections siblings;
    private final TcpStream downstream;
    private final long acceptedNanos;
    private State state = State.ACCEPTED;
    /** Null until {@link #begin} has found it. */
    private @Nullable Destination destination;

    /** Null before and after. */
    private @Nullable ConnectAttempts attempts;

    /** Null until an endpoint is connected. */
    private @Nullable EndpointTrack endpoint;

    /** Null until an endpoint is connected. */
    private @Nullable Relay relay;

    /** Null until the destination is found. */
    private @Nullable ConnectionRecord record;

    /** Null until an endpoint is connected, and once it has been prepared to last. */
    private @Nullable TcpStream newUpstream;

    private boolean holdsShare;
    private boolean movedSinceSweep;
    private long silentSinceNanos;

    ProxiedConnection(ConnectionContext context, LoopConnections siblings, TcpStream downstream) {
        this.context = context;
        this.siblings = siblings;
        this.downstream = downstream;
        this.acceptedNanos = context.ticker().nanos();
        this.silentSinceNanos = acceptedNanos;
    }

    /** Hears of the downstream before there is a relay. */
    StreamListener opening() {
        return new Opening();
    }

    /** The downstream is on its loop: finds out what it is for and dials the first endpoint. */
    private void begin() {
        InetSocketAddress listener = downstream.localAddress();
        InetSocketAddress client = downstream.remoteAddress();
        if (listener == null || client == null) {
            // The client went away after the SYN.
            refuse();
            return;
        }
        Destination found = context.destinations().find(listener, client);
        if (found == null) {
            // The Service did.
            refuse();
            return;
        }
        destination = found;
        state = State.CONNECTING;
        siblings.add(this);
        found.stats().connectionOpened();
        record = new ConnectionRecord(context.log(), found.stats(), client, listener);
        switch (found.share().take()) {
            case GRANTED -> {
                holdsShare = true;
                attempts = new ConnectAttempts(context, found, client.getAddress(), downstream.eventLoop(), this);
                attempts.start();
            }
            case BUDGET_USED_UP -> end(CloseReason.CONNECTION_LIMIT);
            case MAX_REACHED -> end(CloseReason.MAX_CONNECTIONS);
        }
    }

    /** There is no service port that the connection could be counted for. */
    private void refuse() {
        state = State.ENDED;
        downstream.reset();
    }

    @Override
    public void attempting(Candidate candidate) {
        if (record != null) {
            record.attempted(candidate.track().address());
        }
    }

    @Override
    public void connected(TcpStream upstream, Candidate candidate, long nanos) {
        Destination target = destination;
        if (target == null) {
            throw new IllegalStateException("connected without a destination");
        }
        attempts = null;
        endpoint = candidate.track();
        target.stats().connected(nanos);
        if (record != null) {
            record.connected(nanos);
        }
        state = State.RELAYING;
        newUpstream = upstream;
        if (target.rules().proxyProtocol().isPresent()) {
            sendHeader(upstream, target.rules().proxyProtocol().get());
        }
        relay = context.relays().between(downstream, upstream, this);
        relay.start();
    }

    private void sendHeader(TcpStream upstream, ProxyProtocol version) {
        InetSocketAddress client = downstream.remoteAddress();
        InetSocketAddress listener = downstream.localAddress();
        if (client == null || listener == null) {
            throw new IllegalStateException("a connection that has begun and does not know its addresses");
        }
        ProxyHeader.send(upstream, version, client, listener);
    }

    @Override
    public void mistaken(RuntimeException mistake) {
        LOG.warn("a mistake in kubeferry, the connection is reset: client={}", downstream.remoteAddress(), mistake);
        abort(CloseReason.INTERNAL_ERROR);
    }

    @Override
    public void exhausted(CloseReason reason) {
        end(reason);
    }

    /** Endpoints for which {@code gone} holds have been removed, and their connections are not wanted any more. */
    void endpointRemoved(Predicate<EndpointTrack> gone) {
        Candidate dialled = attempts == null ? null : attempts.current();
        if (endpoint != null && gone.test(endpoint)) {
            abort(CloseReason.ENDPOINT_REMOVED);
        } else if (attempts != null && dialled != null && gone.test(dialled.track())) {
            attempts.endpointRemoved();
        }
    }

    /** The client went away before the relay took over. */
    private void downstreamGone() {
        if (state == State.CONNECTING) {
            end(CloseReason.DOWNSTREAM_ABANDONED);
        }
    }

    @Override
    public void moved(Direction direction, long bytes) {
        movedSinceSweep = true;
        if (record != null) {
            record.moved(direction, bytes);
        }
        Destination target = destination;
        if (target != null) {
            switch (direction) {
                case TO_ENDPOINT -> target.stats().movedToEndpoint(bytes);
                case TO_CLIENT -> target.stats().movedToClient(bytes);
            }
        }
    }

    /** The relay has ended and closes both streams. */
    @Override
    public void ended(CloseReason reason) {
        finish(reason);
    }

    /** Ends the connection now with a RST, for {@code reason}. */
    void abort(CloseReason reason) {
        if (relay != null) {
            relay.abort(reason);
        } else {
            end(reason);
        }
    }

    /** Looks, every now and then, whether the connection has been silent for too long or its peer has vanished. */
    void sweep(long nowNanos) {
        if (state == State.CONNECTING && downstream.isReset()) {
            // Nothing tells of it behind bytes that wait for the endpoint.
            downstreamGone();
            return;
        }
        Relay running = relay;
        Destination target = destination;
        if (state != State.RELAYING || running == null || target == null) {
            return;
        }
        prepareToLast();
        if (movedSinceSweep) {
            movedSinceSweep = false;
            silentSinceNanos = nowNanos;
        }
        long silentNanos = nowNanos - silentSinceNanos;
        ConnectionSettings settings = target.settings();
        if (settings.idleTimeout().isPresent()
                && silentNanos >= settings.idleTimeout().get().toNanos()) {
            running.abort(CloseReason.IDLE_TIMEOUT);
        } else if (running.isHalfClosed()
                && silentNanos >= settings.halfClosedTimeout().toNanos()) {
            running.abort(CloseReason.HALF_CLOSED_TIMEOUT);
        } else {
            running.noticeUnseenReset();
        }
    }

    private void prepareToLast() {
        TcpStream upstream = newUpstream;
        newUpstream = null;
        if (upstream == null || !upstream.isOpen()) {
            return;
        }
        context.tuning().applyToLastingAccepted(downstream);
        try {
            context.tuning().applyToLastingConnected(upstream);
        } catch (ChannelException justGone) {
            LOG.debug("endpoint was gone before its connection was set up to last", justGone);
        }
    }

    /** Ends a connection that has no relay: the client gets a RST, never a FIN that looks like an empty answer. */
    private void end(CloseReason reason) {
        if (state == State.ENDED) {
            return;
        }
        if (attempts != null) {
            attempts.cancel();
            attempts = null;
        }
        finish(reason);
        downstream.reset();
    }

    private void finish(CloseReason reason) {
        state = State.ENDED;
        siblings.remove(this);
        if (endpoint != null) {
            endpoint.connectionEnded();
        }
        Destination target = destination;
        if (target != null) {
            long nowNanos = context.ticker().nanos();
            long lifetimeNanos = nowNanos - acceptedNanos;
            target.stats().connectionEnded(reason, lifetimeNanos);
            if (record != null) {
                record.ended(reason, lifetimeNanos, nowNanos);
            }
            if (holdsShare) {
                target.share().giveBack();
            }
        }
    }

    /** Nothing is read before there is an endpoint to get it. */
    private final class Opening implements StreamListener {
        @Override
        public void opened() {
            begin();
        }

        @Override
        public void read(ByteBuf bytes) {
            bytes.release();
            throw new IllegalStateException("read although nobody has asked");
        }

        @Override
        public void failed(Throwable cause) {
            downstreamGone();
        }
    }
}
