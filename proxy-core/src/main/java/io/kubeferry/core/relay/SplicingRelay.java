package io.kubeferry.core.relay;

import io.kubeferry.core.net.PipePool;
import io.kubeferry.core.net.SocketWatch;
import io.kubeferry.core.net.TcpStream;
import io.kubeferry.core.observe.CloseReason;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A relay whose directions are buffered while they move little, and spliced while they move much: each on its own, there and
 * back as often as need be. Splice leaves bytes in the kernel, where copying them would cost several times as much CPU time.
 *
 * <p>A buffered relay is inside and does everything but move bulk: it begins and ends, passes FINs on, and carries each
 * direction from which nothing has been taken. A direction is taken from it when all that it has read is written, and given
 * back when the pipe is empty, so bytes keep their order.
 *
 * <p>Threading: event loop of the streams only.
 */
public final class SplicingRelay implements Relay {
    private final TcpStream downstream;
    private final TcpStream upstream;
    private final RelayListener listener;
    private final PipePool pipes;
    private final Function<TcpStream, SocketWatch> watches;
    private final BufferedRelay buffered;
    private final BulkMeter meterToEndpoint;
    private final BulkMeter meterToClient;
    /** Null until a direction has become bulk for the first time, as few do. */
    private @Nullable Splices splices;

    /** A relay between two streams that do not read yet, of a transport that can splice; {@code watches} has their watches. */
    public SplicingRelay(
            TcpStream downstream,
            TcpStream upstream,
            RelayListener listener,
            PipePool pipes,
            Function<TcpStream, SocketWatch> watches) {
        this(downstream, upstream, listener, pipes, watches, BulkMeter.Limits.USUAL);
    }

    SplicingRelay(
            TcpStream downstream,
            TcpStream upstream,
            RelayListener listener,
            PipePool pipes,
            Function<TcpStream, SocketWatch> watches,
            BulkMeter.Limits limits) {
        this.downstream = downstream;
        this.upstream = upstream;
        this.listener = listener;
        this.pipes = pipes;
        this.watches = watches;
        this.meterToEndpoint = new BulkMeter(limits);
        this.meterToClient = new BulkMeter(limits);
        this.buffered = new BufferedRelay(downstream, upstream, new BufferedPart());
    }

    @Override
    public void start() {
        buffered.start();
    }

    @Override
    public void abort(CloseReason reason) {
        buffered.abort(reason);
    }

    @Override
    public void noticeUnseenReset() {
        buffered.noticeUnseenReset();
    }

    @Override
    public boolean isHalfClosed() {
        return buffered.isHalfClosed();
    }

    /** Whether {@code direction} has been taken from the buffered relay. */
    boolean isSpliced(Direction direction) {
        Splices both = splices;
        return both != null && both.of(direction).isTaken();
    }

    BufferedDirection bufferedOf(Direction direction) {
        return buffered.directionOf(direction);
    }

    /** Bytes went from a socket into a pipe. */
    void moved(Direction direction, long bytes) {
        listener.moved(direction, bytes);
    }

    private BulkMeter meterOf(Direction direction) {
        return switch (direction) {
            case TO_ENDPOINT -> meterToEndpoint;
            case TO_CLIENT -> meterToClient;
        };
    }

    private void splice(Direction direction) {
        if (!downstream.isOpen() || !upstream.isOpen()) {
            // One has been closed for a write that failed, which will be told.
            return;
        }
        Splices both = splices;
        if (both == null) {
            both = newSplices();
            splices = both;
        }
        both.of(direction).takeOver();
    }

    private Splices newSplices() {
        SplicedDirection.Side client = new SplicedDirection.Side(downstream, watches.apply(downstream));
        SplicedDirection.Side endpoint = new SplicedDirection.Side(upstream, watches.apply(upstream));
        return new Splices(
                client.watch(),
                endpoint.watch(),
                new SplicedDirection(this, Direction.TO_ENDPOINT, client, endpoint, pipes, meterToEndpoint),
                new SplicedDirection(this, Direction.TO_CLIENT, endpoint, client, pipes, meterToClient));
    }

    /** What a relay has once it has spliced. */
    private record Splices(
            SocketWatch downstreamWatch,
            SocketWatch upstreamWatch,
            SplicedDirection toEndpoint,
            SplicedDirection toClient) {
        SplicedDirection of(Direction direction) {
            return switch (direction) {
                case TO_ENDPOINT -> toEndpoint;
                case TO_CLIENT -> toClient;
            };
        }

        void end() {
            toEndpoint.end();
            toClient.end();
            downstreamWatch.close();
            upstreamWatch.close();
        }
    }

    /** Hears what the buffered relay does. */
    private final class BufferedPart implements RelayListener {
        @Override
        public void moved(Direction direction, long bytes) {
            listener.moved(direction, bytes);
            if (meterOf(direction).isBulkAfterRead(bytes) && pipes.canLend()) {
                splice(direction);
            }
        }

        @Override
        public void ended(CloseReason reason) {
            Splices both = splices;
            if (both != null) {
                both.end();
            }
            listener.ended(reason);
        }
    }
}
