package io.kubeferry.core.connection;

import io.kubeferry.core.model.Endpoint;
import io.kubeferry.core.net.AbortiveClose;
import io.kubeferry.core.net.SocketFailure;
import io.kubeferry.core.observe.CloseReason;
import io.kubeferry.core.relay.BufferedRelay;
import io.kubeferry.core.relay.Direction;
import io.kubeferry.core.relay.Relay;
import io.kubeferry.core.relay.RelayListener;
import io.netty.channel.socket.SocketChannel;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
 * <p>Threading: confined to the downstream channel's event loop, which is the upstream channel's too.
 */
final class ProxiedConnection implements UpstreamConnector.Listener, RelayListener {
    private enum State {
        ACCEPTED,
        CONNECTING,
        RELAYING,
        ENDED
    }

    private final ConnectionContext context;
    private final LoopConnections siblings;
    private final SocketChannel downstream;
    private final DownstreamHandler downstreamHandler = new DownstreamHandler(this);
    private final long acceptedNanos;
    private State state = State.ACCEPTED;
    /** Null until {@link #begin} has found it. */
    private @Nullable Destination destination;

    private List<Endpoint> tried = List.of();
    /** The endpoint and the attempt under way, or the endpoint connected; null before the first attempt. */
    private @Nullable Endpoint endpoint;

    private @Nullable UpstreamConnector attempt;
    private long attemptStartNanos;
    /** Null until an endpoint is connected. */
    private @Nullable Relay relay;

    /** Null until the destination is found. */
    private @Nullable ConnectionRecord record;

    private boolean holdsShare;
    private boolean movedSinceSweep;
    private long silentSinceNanos;

    ProxiedConnection(ConnectionContext context, LoopConnections siblings, SocketChannel downstream) {
        this.context = context;
        this.siblings = siblings;
        this.downstream = downstream;
        this.acceptedNanos = context.ticker().nanos();
        this.silentSinceNanos = acceptedNanos;
    }

    DownstreamHandler downstreamHandler() {
        return downstreamHandler;
    }

    /** The downstream channel is registered: finds out what it is for and dials the first endpoint. */
    void begin() {
        Destination found = context.destinations().find(downstream.localAddress(), downstream.remoteAddress());
        if (found == null) {
            // The Service went away between the SYN and the accept; there is no service port left to count it.
            state = State.ENDED;
            AbortiveClose.reset(downstream);
            return;
        }
        destination = found;
        state = State.CONNECTING;
        siblings.add(this);
        found.stats().connectionOpened();
        record = new ConnectionRecord(context.log(), found.stats(), downstream);
        switch (found.share().take()) {
            case GRANTED -> {
                holdsShare = true;
                dial(found, CloseReason.NO_ENDPOINT);
            }
            case BUDGET_USED_UP -> end(CloseReason.CONNECTION_LIMIT);
            case MAX_REACHED -> end(CloseReason.MAX_CONNECTIONS);
        }
    }

    private void dial(Destination target, CloseReason reasonIfNoneIsLeft) {
        Endpoint next = target.picker().pick(client(), tried);
        if (next == null) {
            end(reasonIfNoneIsLeft);
            return;
        }
        endpoint = next;
        if (record != null) {
            record.attempted(next);
        }
        attemptStartNanos = context.ticker().nanos();
        attempt = new UpstreamConnector(context, this);
        attempt.start(
                new UpstreamConnector.Target(next, target.source(), client()),
                attemptTimeoutMillis(target),
                downstream.eventLoop());
    }

    private int attemptTimeoutMillis(Destination target) {
        int attempts =
                Math.min(target.settings().connectAttempts(), target.picker().size());
        boolean last = tried.size() + 1 >= attempts;
        return target.settings().attemptTimeoutMillis(last, attemptStartNanos - acceptedNanos);
    }

    @Override
    public void connected(SocketChannel upstream) {
        Destination target = destination;
        Endpoint reached = endpoint;
        if (target == null || reached == null) {
            throw new IllegalStateException("connected without a destination");
        }
        long connectNanos = context.ticker().nanos() - attemptStartNanos;
        target.stats().connected(connectNanos);
        if (record != null) {
            record.connected(connectNanos);
        }
        target.picker().connected(client(), reached);
        attempt = null;
        state = State.RELAYING;
        relay = new BufferedRelay(downstream, upstream, this);
        relay.start();
        downstreamHandler.handOver();
    }

    @Override
    public void failed(SocketFailure failure) {
        Destination target = destination;
        Endpoint unreachable = endpoint;
        if (target == null || unreachable == null) {
            throw new IllegalStateException("failed without a destination");
        }
        ConnectFailure meaning = ConnectFailure.of(failure);
        tried = new ArrayList<>(tried);
        tried.add(unreachable);
        boolean anotherIsLeft = tried.size() < target.settings().connectAttempts()
                && tried.size() < target.picker().size();
        if (meaning.retryable() && anotherIsLeft) {
            target.stats().connectRetried();
            dial(target, meaning.reason());
        } else {
            end(meaning.reason());
        }
    }

    /** The client went away before the relay took over. */
    void downstreamGone() {
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

    /** The relay has ended and closed both channels. */
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
        Relay running = relay;
        Destination target = destination;
        if (state != State.RELAYING || running == null || target == null) {
            return;
        }
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

    /** Ends a connection that has no relay: the client gets a RST, never a FIN that looks like an empty answer. */
    private void end(CloseReason reason) {
        if (state == State.ENDED) {
            return;
        }
        if (attempt != null) {
            attempt.cancel();
        }
        downstreamHandler.discard();
        finish(reason);
        AbortiveClose.reset(downstream);
    }

    private void finish(CloseReason reason) {
        state = State.ENDED;
        siblings.remove(this);
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

    private InetAddress client() {
        return downstream.remoteAddress().getAddress();
    }
}
