package io.kubeferry.core.relay;

import io.kubeferry.core.net.TcpStream;
import io.kubeferry.core.observe.CloseReason;

/**
 * A relay that reads into a buffer and writes it to the other side: works on every transport.
 *
 * <p>Threading: event loop of the streams only.
 */
public final class BufferedRelay implements Relay {
    private final TcpStream downstream;
    private final TcpStream upstream;
    private final RelayListener listener;
    private final BufferedDirection toEndpoint;
    private final BufferedDirection toClient;
    private RelayState state = RelayState.OPEN;

    /** A relay between two streams that do not read yet. */
    public BufferedRelay(TcpStream downstream, TcpStream upstream, RelayListener listener) {
        this.downstream = downstream;
        this.upstream = upstream;
        this.listener = listener;
        this.toEndpoint = new BufferedDirection(this, Direction.TO_ENDPOINT, downstream, upstream);
        this.toClient = new BufferedDirection(this, Direction.TO_CLIENT, upstream, downstream);
    }

    @Override
    public void start() {
        downstream.setListener(toEndpoint);
        upstream.setListener(toClient);
        if (upstream.isWritable()) {
            toEndpoint.readOn();
        }
        toClient.readOn();
    }

    @Override
    public void abort(CloseReason reason) {
        if (state == RelayState.ENDED) {
            return;
        }
        state = RelayState.ENDED;
        // Told before the peers are: who has seen the end finds it counted.
        listener.ended(reason);
        downstream.reset();
        upstream.reset();
    }

    @Override
    public void noticeUnseenReset() {
        if (isUnread(downstream) && downstream.isReset()) {
            abort(CloseReason.DOWNSTREAM_RESET);
        } else if (isUnread(upstream) && upstream.isReset()) {
            abort(CloseReason.UPSTREAM_RESET);
        }
    }

    private static boolean isUnread(TcpStream stream) {
        return !stream.isReading() || stream.isInputEnded();
    }

    @Override
    public boolean isHalfClosed() {
        return state.isHalfClosed();
    }

    /** What moves the bytes of {@code direction}. */
    BufferedDirection directionOf(Direction direction) {
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
            listener.ended(CloseReason.COMPLETED);
            downstream.close();
            upstream.close();
        }
    }
}
