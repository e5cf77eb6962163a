package io.kubeferry.core.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.channel.uring.IoUringIoHandle;
import io.netty.channel.uring.IoUringIoOps;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A stream on an io_uring, with as few operations, system calls and objects as it takes.
 *
 * <p>It is no channel of Netty's: what a channel brings with it for every connection (a pipeline, its contexts, promises, a
 * queue of writes with entries of their own) costs a short connection as much as all that this does for it.
 *
 * <p>It reads one buffer ahead ({@link UringReader}). A reset is told whether or not it is read on, but nothing is told of what
 * comes behind bytes that nobody has read yet.
 *
 * <p>Threading: as {@link TcpStream}.
 */
final class UringStream extends TcpStream implements IoUringIoHandle {
    private final int descriptor;
    private final ByteBufAllocator allocator;
    private final UringReader reader = new UringReader(this);
    private final UringWriter writer = new UringWriter(this);
    private volatile boolean isOpen = true;
    private boolean isConnected;
    /** Null until something is asked of the kernel that no operation does. */
    private @Nullable UringDescriptor socket;

    /** Null until it is put on a loop. */
    private @Nullable EventLoop loop;
    /** Null until the ring knows it. */
    private @Nullable IoRegistration registration;
    /** Null until it connects, and for one that was accepted. */
    private @Nullable UringConnect connect;
    /** Null while nobody but the stream waits. */
    private @Nullable UringWatch watch;
    /** Null until it is asked for. */
    private @Nullable InetSocketAddress localAddress;
    /** Null until it is asked for. */
    private @Nullable InetSocketAddress remoteAddress;

    private UringStream(int descriptor, boolean isConnected, ByteBufAllocator allocator) {
        this.descriptor = descriptor;
        this.isConnected = isConnected;
        this.allocator = allocator;
    }

    /**
     * One that will connect.
     *
     * @throws ChannelException if there is no descriptor left
     */
    static UringStream unconnected() {
        UringStream stream = new UringStream(UringDescriptor.newSocket(), false, ByteBufAllocator.DEFAULT);
        stream.writer.delaysSecond();
        return stream;
    }

    /**
     * One that was accepted, with its listener's options.
     *
     * @param localAddress null if it is not the listener's
     * @param allocator whom its memory comes from
     */
    static UringStream accepted(int descriptor, @Nullable InetSocketAddress localAddress, ByteBufAllocator allocator) {
        UringStream stream = new UringStream(descriptor, true, allocator);
        stream.localAddress = localAddress;
        return stream;
    }

    @Override
    public void accept(EventLoop onLoop, StreamListener listener) {
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
            reader.readAhead();
            listener().opened();
        } catch (RuntimeException mistake) {
            failed(mistake);
        }
    }

    @Override
    public void connect(
            EventLoop onLoop,
            InetSocketAddress remote,
            @Nullable InetSocketAddress source,
            int timeoutMillis,
            Dial dial) {
        loop = onLoop;
        try {
            register();
            if (remote.isUnresolved() || !UringDescriptor.speaks(remote.getAddress())) {
                throw new NoRouteToHostException(remote + ": not of a family that this host speaks");
            }
            if (source != null) {
                socket().bind(source);
            }
            UringConnect attempt = new UringConnect(this, remote, dial);
            connect = attempt;
            attempt.start(timeoutMillis);
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

    void connected(Dial dial) {
        isConnected = true;
        reader.expectNothing();
        dial.connected();
    }

    /** Something is wrong with the connection: it is over. */
    void failed(Throwable cause) {
        if (isOpen) {
            listener().failed(cause);
            close();
        }
    }

    @Override
    public EventLoop eventLoop() {
        EventLoop its = loop;
        if (its == null) {
            throw new IllegalStateException("on no event loop yet: " + this);
        }
        return its;
    }

    ByteBufAllocator allocator() {
        return allocator;
    }

    @Override
    public @Nullable InetSocketAddress localAddress() {
        if (localAddress == null && isConnected && isOpen) {
            localAddress = socket().localAddress();
        }
        return localAddress;
    }

    @Override
    public @Nullable InetSocketAddress remoteAddress() {
        if (remoteAddress == null && isConnected && isOpen) {
            remoteAddress = socket().remoteAddress();
        }
        return remoteAddress;
    }

    @Override
    public boolean isOpen() {
        return isOpen;
    }

    @Override
    public void resumeReading() {
        if (isOpen) {
            reader.want();
        }
    }

    @Override
    public void pauseReading() {
        reader.wantNoMore();
    }

    @Override
    public boolean isReading() {
        return reader.isWanted();
    }

    @Override
    public boolean isInputEnded() {
        return reader.hasEnded();
    }

    @Override
    public void write(ByteBuf bytes) {
        if (isOpen) {
            writer.write(bytes);
        } else {
            bytes.release();
        }
    }

    @Override
    public void flush() {
        if (isOpen) {
            writer.flush();
        }
    }

    @Override
    public boolean isWritable() {
        return writer.isWritable();
    }

    @Override
    public long unwrittenBytes() {
        return writer.unwrittenBytes();
    }

    @Override
    public boolean isWritten() {
        return writer.unwrittenBytes() == 0;
    }

    @Override
    public void whenWritten(Runnable action) {
        if (isOpen) {
            writer.whenWritten(action);
        }
    }

    @Override
    public void sendFin() throws IOException {
        if (!isOpen) {
            // The number may be another connection's by now.
            throw new ClosedChannelException();
        }
        socket().shutdown(false, true);
    }

    @Override
    public void close() {
        if (!isOpen) {
            return;
        }
        isOpen = false;
        IoRegistration ring = registration;
        if (ring == null) {
            socket().closeQuietly();
            return;
        }
        // What is under way holds the socket open in the kernel, whatever is closed.
        if (connect != null) {
            connect.close();
        }
        reader.close();
        writer.close();
        if (watch != null) {
            watch.close();
        }
        // After what was submitted before for this number, which is somebody else's as soon as it is closed.
        long _ = submit(UringOps.close(descriptorNumber()));
        boolean _ = ring.cancel();
    }

    @Override
    void lasts() {
        if (isOpen) {
            reader.lasts();
        }
    }

    @Override
    public <T> void set(ChannelOption<T> option, T value) {
        if (isOpen) {
            boolean _ = UringOptions.set(socket(), option, value);
        }
    }

    @Override
    UringDescriptor socket() {
        UringDescriptor asked = socket == null ? new UringDescriptor(descriptor) : socket;
        socket = asked;
        return asked;
    }

    /** As {@link SocketWatch#endReads}. */
    void endReads(Runnable ended) {
        reader.end(ended);
    }

    /** Its watch; there is one. */
    SocketWatch watch() {
        UringWatch asked = watch == null ? new UringWatch(this) : watch;
        watch = asked;
        return asked;
    }

    /** The number of the socket, for operations, which are not submitted once it is closed. */
    int descriptorNumber() {
        return descriptor;
    }

    /** Submits an operation and returns its id. */
    long submit(IoUringIoOps operation) {
        IoRegistration ring = registration;
        if (ring == null) {
            throw new IllegalStateException("not registered: " + this);
        }
        return ring.submit(operation);
    }

    /** Calls the operation off, if there is one. */
    void cancel(long operation) {
        if (operation != UringOps.NONE) {
            long _ = submit(UringOps.cancel(operation));
        }
    }

    @Override
    public void handle(IoRegistration ofThis, IoEvent ioEvent) {
        try {
            handle((IoUringIoEvent) ioEvent);
        } catch (RuntimeException mistake) {
            // The event loop would know of no connection that it belongs to.
            failed(mistake);
        }
    }

    private void handle(IoUringIoEvent event) {
        switch (event.opcode()) {
            case UringOps.RECEIVE -> reader.received(event.res(), event.flags());
            case UringOps.SEND -> writer.sent(event.res());
            case UringOps.CONNECT -> connectEnded(event.res());
            case UringOps.POLL -> polled(event);
            default -> {
                // Whether something could be called off its own completion tells, and closing always succeeds.
            }
        }
    }

    private void connectEnded(int result) {
        UringConnect attempt = connect;
        connect = null;
        if (attempt != null) {
            attempt.ended(result);
        }
    }

    private void polled(IoUringIoEvent event) {
        if (event.userData() == UringReader.POLL_TAG) {
            reader.polled(event.res(), event.flags());
        } else if (event.userData() == UringWriter.ROOM_TAG) {
            writer.polled(event.res());
        } else if (watch != null) {
            watch.polled(event.userData(), event.res());
        }
    }

    @Override
    public String toString() {
        return "stream on an io_uring, descriptor " + descriptor;
    }
}
