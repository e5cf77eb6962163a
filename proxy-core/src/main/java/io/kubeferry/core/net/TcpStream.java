package io.kubeferry.core.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One side of a connection, downstream or upstream: a TCP socket on an event loop. It is made for what a relay does and
 * for nothing else, so that each transport can do it in its own way: with operations that are done ({@link UringStream}), on
 * sockets that are ready ({@link EpollStream}), and on Netty's channels where the JDK has the sockets ({@link
 * ChannelStream}).
 *
 * <p>Bytes go on as they come (Nagle's algorithm is off), directions end one by one (half-close), nothing is read until
 * somebody asks, and what is to be written is kept in memory: a writer who stops when {@link #isWritable} says so keeps no more
 * than {@link #HIGH_WATERMARK} and what it writes last.
 *
 * <p>Threading: event loop of the stream only, and whoever has made it until it has one; {@link #isOpen} on any thread.
 */
public abstract sealed class TcpStream permits ChannelStream, NativeStream {
    /** Above so many unwritten bytes a stream is not writable. */
    static final int HIGH_WATERMARK = 64 * 1024;

    /** Below so many it is again. */
    static final int LOW_WATERMARK = 32 * 1024;

    private static final int IPPROTO_TCP = 6;
    private static final int TCP_INFO = 11;
    private static final byte TCP_CLOSE = 7;

    private StreamListener listener = DeafListener.INSTANCE;

    TcpStream() {}

    /** Puts a stream that was accepted on {@code loop}, where {@code listener} hears of it; closes it if that is impossible. */
    public abstract void accept(EventLoop loop, StreamListener listener);

    /**
     * Connects a new stream to {@code remote}, on {@code loop}, which is the one that calls.
     *
     * @param source the address to connect from; null where the kernel is to choose
     * @param timeoutMillis how long to wait for an answer
     * @param dial hears how it went, unless the stream is closed before
     */
    public abstract void connect(
            EventLoop loop, InetSocketAddress remote, @Nullable InetSocketAddress source, int timeoutMillis, Dial dial);

    /** The loop that it is on. */
    public abstract EventLoop eventLoop();

    /** Whoever hears of it from now on. */
    public final void setListener(StreamListener next) {
        listener = next;
    }

    final StreamListener listener() {
        return listener;
    }

    /** This process's address; null if the connection is gone already. Asked in time, it is remembered. */
    public abstract @Nullable InetSocketAddress localAddress();

    /** The peer's address; null if the connection is gone already. Asked in time, it is remembered. */
    public abstract @Nullable InetSocketAddress remoteAddress();

    /** Whether it is not closed. */
    public abstract boolean isOpen();

    /** Reads whatever comes, from now on. */
    public abstract void resumeReading();

    /** Reads no more, except for what is under way. */
    public abstract void pauseReading();

    /** Whether it reads whatever comes. */
    public abstract boolean isReading();

    /** Whether the listener was told that the input has ended. */
    public abstract boolean isInputEnded();

    /** Writes {@code bytes} behind what was written before, at the next {@link #flush} at the latest, and releases them. */
    public abstract void write(ByteBuf bytes);

    /** Gives to the kernel what was written, now or as soon as it takes it. */
    public abstract void flush();

    /** Whether there is room for more; if not, the listener hears when there is. */
    public abstract boolean isWritable();

    /** How much of what was written the kernel has not taken yet. */
    public abstract long unwrittenBytes();

    /** Whether the kernel has taken all that was written. */
    public abstract boolean isWritten();

    /**
     * Runs {@code action} once when the kernel has taken all that was written, possibly at once; never if the stream is closed
     * before. Asked again until then, it may be that only the last action is run.
     */
    public abstract void whenWritten(Runnable action);

    /**
     * Sends a FIN, behind which nothing may be written. All that was written must have been taken by the kernel.
     *
     * @throws IOException if the connection is gone
     */
    public abstract void sendFin() throws IOException;

    /** Closes it, with a FIN if none was sent. What the kernel has not taken is lost. Does nothing to one that is closed. */
    public abstract void close();

    /** Expects that the connection goes on for longer than most, and may be silent: no memory is held for reading meanwhile. */
    abstract void lasts();

    /**
     * Sets an option of the socket; nothing happens where the transport does not know it, and once the stream is closed.
     *
     * @throws ChannelException if the kernel refuses
     */
    public abstract <T> void set(ChannelOption<T> option, T value);

    /** The socket of one that is open, on transports of Linux' own; null where the JDK keeps it to itself. */
    abstract @Nullable Socket socket();

    private @Nullable Socket openSocket() {
        return isOpen() ? socket() : null;
    }

    /**
     * The number of the socket.
     *
     * @throws ClosedChannelException if it is closed: the number may be another connection's by now, whose bytes are others
     */
    final int descriptor() throws ClosedChannelException {
        Socket open = openSocket();
        if (open == null) {
            throw new ClosedChannelException();
        }
        return open.intValue();
    }

    /**
     * Closes it with a RST, so that nobody takes an interrupted stream for a complete one. Does nothing to one that is closed:
     * its number may be another connection's by now, which would then be reset whenever it ends.
     */
    public final void reset() {
        if (!isOpen()) {
            return;
        }
        try {
            set(ChannelOption.SO_LINGER, 0);
        } catch (ChannelException alreadyGone) {
            // The peer's own RST has taken the socket down; there is no one left to tell.
        }
        close();
    }

    /**
     * Asks the kernel whether the connection was reset. Reading cannot always tell: after a FIN Linux goes on to report end of
     * file, and while nothing is read nothing is reported. The JDK has no means to ask: there the answer is no.
     */
    public final boolean isReset() {
        Socket asked = openSocket();
        if (asked == null) {
            return false;
        }
        // As far as its first field: the state of the connection.
        ByteBuffer state = ByteBuffer.allocate(1);
        try {
            asked.getRawOpt(IPPROTO_TCP, TCP_INFO, state);
        } catch (IOException unknown) {
            return false;
        }
        return state.get(0) == TCP_CLOSE
                // Without a failure both sides have sent their FINs, and what was received before may still be unread.
                && pendingFailure().isPresent();
    }

    /**
     * What has happened to the socket and was not reported yet; the kernel reports it only once. Empty if nothing has, if the
     * stream is closed, and where the JDK keeps the socket to itself.
     */
    public final Optional<SocketFailure> pendingFailure() {
        Socket asked = openSocket();
        if (asked == null) {
            return Optional.empty();
        }
        try {
            int errno = asked.getSoError();
            return errno == 0 ? Optional.empty() : Optional.of(SocketFailure.ofErrno(errno));
        } catch (IOException closed) {
            return Optional.empty();
        }
    }
}
