package io.kubeferry.core.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandle;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A stream on a socket of Linux', which it has for itself: how it begins and ends, its addresses, and its options. When there
 * is something to be read, and room for what is to be written, each transport learns in its own way.
 *
 * <p>It is no channel of Netty's: there is no pipeline, and no promises.
 *
 * <p>Threading: as {@link TcpStream}.
 */
abstract sealed class NativeStream extends TcpStream implements IoHandle permits EpollStream, UringStream {
    private final int descriptor;
    private final ByteBufAllocator allocator;
    private volatile boolean isOpen = true;
    private boolean isConnected;
    /** Null until something is asked of the kernel for which a number does not do. */
    private @Nullable TcpDescriptor socket;

    /** Null until it is put on a loop. */
    private @Nullable EventLoop loop;
    /** Null until its loop waits for it. */
    private @Nullable IoRegistration registration;
    /** Null until it is asked for. */
    private @Nullable InetSocketAddress localAddress;
    /** Null until it is asked for. */
    private @Nullable InetSocketAddress remoteAddress;

    /** One that will connect to {@code remote}; throws {@link io.netty.channel.ChannelException} if there is no descriptor left. */
    NativeStream(InetAddress remote) {
        this(TcpDescriptor.newSocketFor(remote), false, ByteBufAllocator.DEFAULT);
    }

    /**
     * One that was accepted, with its listener's options.
     *
     * @param localAddress null if it is not the listener's
     * @param remoteAddress null if it is not known yet
     * @param allocator whom its memory comes from
     */
    NativeStream(
            int descriptor,
            @Nullable InetSocketAddress localAddress,
            @Nullable InetSocketAddress remoteAddress,
            ByteBufAllocator allocator) {
        this(descriptor, true, allocator);
        this.localAddress = localAddress;
        this.remoteAddress = remoteAddress;
    }

    private NativeStream(int descriptor, boolean isConnected, ByteBufAllocator allocator) {
        this.descriptor = descriptor;
        this.isConnected = isConnected;
        this.allocator = allocator;
    }

    /** The reading side. */
    abstract StreamReader reader();

    /** The writing side. */
    abstract StreamWriter writer();

    /** Begins to wait for what its client does; it has been accepted. */
    abstract void begin();

    /** Begins to connect; the socket speaks the family of the address. */
    abstract void beginConnecting(DialAttempt attempt) throws IOException;

    /** It is connected, and nothing has been read or written yet. */
    abstract void begun();

    /** Gives back all that it has, which the kernel may not have let go yet, and the socket. Called once. */
    abstract void closeRegistered(IoRegistration its);

    /** Its watch; there is one. */
    abstract SocketWatch watch();

    @Override
    public final void accept(EventLoop onLoop, StreamListener listener) {
        setListener(listener);
        loop = onLoop;
        if (onLoop.inEventLoop()) {
            open();
        } else {
            try {
                onLoop.execute(this::open);
            } catch (RejectedExecutionException stopping) {
                close();
            }
        }
    }

    private void open() {
        try {
            register();
            begin();
            listener().opened();
        } catch (RuntimeException mistake) {
            failed(mistake);
        }
    }

    @Override
    public final void connect(
            EventLoop onLoop,
            InetSocketAddress remote,
            @Nullable InetSocketAddress source,
            int timeoutMillis,
            Dial dial) {
        loop = onLoop;
        try {
            register();
            if (remote.isUnresolved() || !TcpDescriptor.speaks(remote.getAddress())) {
                throw new NoRouteToHostException(remote + ": not of a family that this host speaks");
            }
            if (source != null) {
                socket().bind(source);
            }
            DialAttempt attempt = new DialAttempt(this, remote, dial);
            attempt.start(timeoutMillis);
            beginConnecting(attempt);
        } catch (IOException | RuntimeException refused) {
            close();
            dial.failed(refused);
        }
    }

    private void register() {
        // On the loop this is done at once.
        Future<IoRegistration> registered = ((IoEventLoop) eventLoop()).register(this);
        if (!registered.isSuccess()) {
            throw new IllegalStateException("the event loop takes no more sockets", registered.cause());
        }
        registration = registered.getNow();
    }

    final void connected(Dial dial) {
        isConnected = true;
        begun();
        dial.connected();
    }

    /** Something is wrong with the connection: it is over. */
    final void failed(Throwable cause) {
        if (isOpen) {
            listener().failed(cause);
            close();
        }
    }

    @Override
    public final EventLoop eventLoop() {
        EventLoop its = loop;
        if (its == null) {
            throw new IllegalStateException("on no event loop yet: " + this);
        }
        return its;
    }

    /** Tells its loop what to wait for, or to do; what that returns is the transport's. */
    final long submit(IoOps operation) {
        IoRegistration its = registration;
        if (its == null) {
            throw new IllegalStateException("not registered: " + this);
        }
        return its.submit(operation);
    }

    final ByteBufAllocator allocator() {
        return allocator;
    }

    @Override
    public final @Nullable InetSocketAddress localAddress() {
        if (localAddress == null && isConnected && isOpen) {
            localAddress = socket().localAddress();
        }
        return localAddress;
    }

    @Override
    public final @Nullable InetSocketAddress remoteAddress() {
        if (remoteAddress == null && isConnected && isOpen) {
            remoteAddress = socket().remoteAddress();
        }
        return remoteAddress;
    }

    @Override
    public final boolean isOpen() {
        return isOpen;
    }

    @Override
    public final void resumeReading() {
        if (isOpen()) {
            reader().want();
        }
    }

    @Override
    public final void pauseReading() {
        reader().wantNoMore();
    }

    @Override
    public final boolean isReading() {
        return reader().isWanted();
    }

    @Override
    public final boolean isInputEnded() {
        return reader().hasEnded();
    }

    @Override
    public final void write(ByteBuf bytes) {
        if (isOpen) {
            writer().write(bytes);
        } else {
            bytes.release();
        }
    }

    @Override
    public final void flush() {
        if (isOpen) {
            writer().flush();
        }
    }

    @Override
    public final boolean isWritable() {
        return writer().isWritable();
    }

    @Override
    public final long unwrittenBytes() {
        return writer().unwrittenBytes();
    }

    @Override
    public final boolean isWritten() {
        return writer().unwrittenBytes() == 0;
    }

    @Override
    public final void whenWritten(Runnable action) {
        if (isOpen) {
            writer().whenWritten(action);
        }
    }

    @Override
    public final void sendFin() throws IOException {
        if (!isOpen) {
            // The number may be another connection's by now.
            throw new ClosedChannelException();
        }
        socket().shutdown(false, true);
    }

    @Override
    public final void close() {
        if (!isOpen) {
            return;
        }
        isOpen = false;
        IoRegistration its = registration;
        if (its == null) {
            socket().closeQuietly();
        } else {
            closeRegistered(its);
        }
    }

    @Override
    public final <T> void set(ChannelOption<T> option, T value) {
        if (isOpen) {
            boolean _ = KernelOptions.set(socket(), option, value);
        }
    }

    @Override
    final TcpDescriptor socket() {
        TcpDescriptor asked = socket == null ? new TcpDescriptor(descriptor) : socket;
        socket = asked;
        return asked;
    }

    /** The number of the socket, which is not used once it is closed. */
    final int descriptorNumber() {
        return descriptor;
    }
}
