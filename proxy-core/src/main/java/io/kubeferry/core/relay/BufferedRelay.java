package io.kubeferry.core.relay;

import io.kubeferry.core.net.AbortiveClose;
import io.kubeferry.core.net.ResetProbe;
import io.kubeferry.core.observe.CloseReason;
import io.netty.channel.socket.SocketChannel;

/**
 * A relay that reads into a buffer and writes it to the other side: works on every transport.
 *
 * <p>Threading: event loop of the channels only.
 */
public final class BufferedRelay implements Relay {
    private static final String HANDLER = "relay";

    private final SocketChannel downstream;
    private final SocketChannel upstream;
    private final RelayListener listener;
    private final RelayHandler toEndpoint;
    private final RelayHandler toClient;
    private RelayState state = RelayState.OPEN;

    /** A relay between two channels that do not read yet ({@code autoRead} off, half-closure allowed). */
    public BufferedRelay(SocketChannel downstream, SocketChannel upstream, RelayListener listener) {
        this.downstream = downstream;
        this.upstream = upstream;
        this.listener = listener;
        this.toEndpoint = new RelayHandler(this, Direction.TO_ENDPOINT, downstream, upstream);
        this.toClient = new RelayHandler(this, Direction.TO_CLIENT, upstream, downstream);
    }

    @Override
    public void start() {
        // Named, since Netty makes up a name else, for which it looks into maps of weak references.
        downstream.pipeline().addLast(HANDLER, toEndpoint);
        upstream.pipeline().addLast(HANDLER, toClient);
        downstream.config().setAutoRead(true);
        upstream.config().setAutoRead(true);
    }

    @Override
    public void abort(CloseReason reason) {
        if (state == RelayState.ENDED) {
            return;
        }
        state = RelayState.ENDED;
        // Told before the peers are: who has seen the end finds it counted.
        listener.ended(reason);
        AbortiveClose.reset(downstream);
        AbortiveClose.reset(upstream);
    }

    @Override
    public void noticeUnseenReset() {
        if (isUnread(downstream) && ResetProbe.isReset(downstream)) {
            abort(CloseReason.DOWNSTREAM_RESET);
        } else if (isUnread(upstream) && ResetProbe.isReset(upstream)) {
            abort(CloseReason.UPSTREAM_RESET);
        }
    }

    private static boolean isUnread(SocketChannel channel) {
        return !channel.config().isAutoRead() || channel.isInputShutdown();
    }

    @Override
    public boolean isHalfClosed() {
        return state.isHalfClosed();
    }

    /** What moves the bytes of {@code direction}. */
    RelayHandler handlerOf(Direction direction) {
        return switch (direction) {
            case TO_ENDPOINT -> toEndpoint;
            case TO_CLIENT -> toClient;
        };
    }

    /** Whether bytes may still be moved. */
    boolean isRunning() {
        return state != RelayState.ENDED;
    }

    /** Whether the last byte and the FIN of {@code direction} have gone out. */
    boolean hasEnded(Direction direction) {
        return state.hasEnded(direction);
    }

    void moved(Direction direction, long bytes) {
        listener.moved(direction, bytes);
    }

    /** The last byte and the FIN of {@code direction} have gone out. */
    void directionEnded(Direction direction) {
        if (state == RelayState.ENDED) {
            return;
        }
        state = state.afterEndOf(direction);
        if (state == RelayState.ENDED) {
            // With half-closure allowed Netty leaves a channel open whose two directions have ended.
            listener.ended(CloseReason.COMPLETED);
            downstream.close();
            upstream.close();
        }
    }
}
