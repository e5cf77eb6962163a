package io.kubeferry.core.relay;

import io.kubeferry.core.net.StreamListener;
import io.kubeferry.core.net.TcpStream;
import io.kubeferry.core.observe.CloseReason;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One direction of a {@link BufferedRelay}: what is read from {@code source} is written to {@code sink}.
 *
 * <p>Threading: event loop of the streams only.
 */
final class BufferedDirection implements StreamListener {
    private static final Logger LOG = LoggerFactory.getLogger(BufferedDirection.class);

    private final BufferedRelay relay;
    private final Direction direction;
    private final TcpStream source;
    private final TcpStream sink;
    private long bytesSinceFlush;
    private boolean inputEnded;
    private boolean suspended;

    BufferedDirection(BufferedRelay relay, Direction direction, TcpStream source, TcpStream sink) {
        this.relay = relay;
        this.direction = direction;
        this.source = source;
        this.sink = sink;
    }

    @Override
    public void read(ByteBuf bytes) {
        if (!relay.isRunning()) {
            bytes.release();
            return;
        }
        bytesSinceFlush += bytes.readableBytes();
        sink.write(bytes);
        if (!sink.isWritable()) {
            passOn();
            pauseWhileSinkIsFull();
        }
    }

    @Override
    public void readComplete() {
        passOn();
        pauseWhileSinkIsFull();
    }

    /** The sink of the other direction is this one's source: when it takes bytes again, the other side is read on. */
    @Override
    public void writableAgain() {
        relay.directionOf(direction.opposite()).readOn();
    }

    @Override
    public void inputEnded() {
        if (!relay.isRunning()) {
            return;
        }
        inputEnded = true;
        passOn();
        if (sink.isOpen()) {
            sink.whenWritten(this::passOnFin);
        }
        // Where the sink has failed, it tells so itself, and that ends the relay.
    }

    private void passOnFin() {
        if (relay.hasEnded(direction.opposite())) {
            // Closing sends the FIN too.
            relay.directionEnded(direction);
            return;
        }
        try {
            sink.sendFin();
        } catch (IOException | RuntimeException gone) {
            // The sink was reset before the FIN could go out.
            relay.abort(RelayFailures.resetBySinkOf(direction));
            return;
        }
        relay.directionEnded(direction);
    }

    /** The source has failed, at reading or at writing. */
    @Override
    public void failed(Throwable cause) {
        CloseReason reason = RelayFailures.reasonOf(cause, direction);
        if (reason == CloseReason.INTERNAL_ERROR && relay.isRunning()) {
            LOG.warn("a mistake in kubeferry, the connection is reset: direction={}", direction, cause);
        }
        relay.abort(reason);
    }

    /** Reads no more until {@link #resume}, except for what is under way. */
    void suspend() {
        suspended = true;
        source.pauseReading();
    }

    /** Reads on, after {@link #suspend}. */
    void resume() {
        suspended = false;
        readOn();
    }

    /** Whether the end of the input has been read. */
    boolean isInputEnded() {
        return inputEnded;
    }

    /**
     * Calls {@code settled} when the kernel has taken all that was read. If the input ends or a socket fails before, that takes
     * its course and {@code settled} is never called.
     */
    void whenSettled(Runnable settled) {
        passOn();
        sink.whenWritten(() -> {
            if (inputEnded || !relay.isRunning()) {
                return;
            }
            if (bytesSinceFlush == 0 && sink.isWritten()) {
                settled.run();
            } else {
                // A read that was under way has brought more since.
                whenSettled(settled);
            }
        });
    }

    /** Reads whatever comes, unless it is suspended. */
    void readOn() {
        if (!suspended && relay.isRunning()) {
            source.resumeReading();
        }
    }

    private void passOn() {
        if (bytesSinceFlush > 0 && relay.isRunning()) {
            long bytes = bytesSinceFlush;
            bytesSinceFlush = 0;
            relay.moved(direction, bytes);
            sink.flush();
        }
    }

    private void pauseWhileSinkIsFull() {
        if (!sink.isWritable()) {
            source.pauseReading();
        }
    }
}
