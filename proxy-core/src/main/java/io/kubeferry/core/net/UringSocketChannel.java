package io.kubeferry.core.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.AbstractChannel;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.unix.UnixChannel;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.channel.uring.IoUringIoHandle;
import io.netty.channel.uring.IoUringIoOps;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A connection on an io_uring, with as few operations as it takes. Netty 4.2.18's own channel asks for nearly twice as many, and
 * for system calls beside them: it polls for the peer's FIN, which a read tells too, and before the first read, which can wait
 * by itself; it calls off what is left when it closes, and asks for addresses that nobody needs.
 *
 * <p>It reads one buffer ahead ({@link UringReader}). A reset is told whether or not it is read on, but nothing is told of what
 * comes behind bytes that nobody has read yet.
 *
 * <p>Threading: as {@link Channel}.
 */
final class UringSocketChannel extends AbstractChannel implements SocketChannel, UnixChannel {
    private static final int READS_PER_LOOP = 16;
    private static final ChannelMetadata METADATA = new ChannelMetadata(false, READS_PER_LOOP);

    private final UringDescriptor socket;
    private final UringSocketConfig config;
    private final UringReader reader = new UringReader(this);
    private final UringWriter writer = new UringWriter(this);
    private volatile boolean active;
    /** Null until it is registered. */
    private @Nullable IoRegistration registration;

    /** Null until it connects, and for one that was accepted. */
    private @Nullable UringConnect connect;

    /** Null while nobody but the channel waits. */
    private @Nullable UringWatch watch;

    /** One that will connect. */
    UringSocketChannel() {
        this(null, UringDescriptor.open(), false);
        config.setTcpNoDelay(true);
    }

    /** One that {@code listener} has accepted, with its options. */
    UringSocketChannel(UringServerChannel listener, int descriptor) {
        this(listener, new UringDescriptor(descriptor), true);
    }

    private UringSocketChannel(@Nullable Channel parent, UringDescriptor socket, boolean active) {
        super(parent);
        this.socket = socket;
        this.active = active;
        this.config = new UringSocketConfig(this, socket);
    }

    int descriptor() {
        return socket.intValue();
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

    /** Nobody reads on purpose any more. */
    void readNoMore() {
        EventLoop loop = isRegistered() ? eventLoop() : null;
        if (loop == null || loop.inEventLoop()) {
            reader.wantNoMore();
        } else {
            loop.execute(reader::wantNoMore);
        }
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

    void connected(ChannelPromise promise) {
        active = true;
        reader.expectNothing();
        boolean _ = promise.trySuccess();
        pipeline().fireChannelActive();
    }

    void writeFailed(IOException failure) {
        ((Unsafe) unsafe()).writeFailed(failure);
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new Unsafe();
    }

    @Override
    protected boolean isCompatible(EventLoop loop) {
        return loop instanceof IoEventLoop ofHandles && ofHandles.isCompatible(Unsafe.class);
    }

    @Override
    protected void doRegister(ChannelPromise promise) {
        ((IoEventLoop) eventLoop()).register((Unsafe) unsafe()).addListener((Future<IoRegistration> registered) -> {
            if (!registered.isSuccess()) {
                promise.setFailure(registered.cause());
                return;
            }
            registration = registered.getNow();
            if (active) {
                reader.readAhead();
            }
            promise.setSuccess();
        });
    }

    @Override
    protected void doDeregister() {
        if (registration != null) {
            registration.cancel();
        }
    }

    @Override
    protected void doBeginRead() {
        if (active) {
            reader.want();
        }
    }

    @Override
    protected Object filterOutboundMessage(Object message) {
        if (!(message instanceof ByteBuf bytes)) {
            throw new UnsupportedOperationException("message: " + message.getClass() + " (expected: ByteBuf)");
        }
        if (bytes.isDirect() || !bytes.isReadable()) {
            return bytes;
        }
        ByteBuf direct = alloc().directBuffer(bytes.readableBytes()).writeBytes(bytes);
        bytes.release();
        return direct;
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer queue) {
        writer.write(queue);
    }

    @Override
    protected void doBind(SocketAddress address) throws IOException {
        socket.bind(address);
    }

    @Override
    protected void doDisconnect() throws IOException {
        doClose();
    }

    @Override
    protected void doClose() throws IOException {
        active = false;
        if (registration == null) {
            socket.close();
            return;
        }
        if (!socket.letGo()) {
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
        long _ = submit(UringOps.close(socket.intValue()));
    }

    @Override
    protected void doShutdownOutput() throws IOException {
        socket.shutdown(false, true);
    }

    @Override
    public UringDescriptor fd() {
        return socket;
    }

    @Override
    public UringSocketConfig config() {
        return config;
    }

    @Override
    public boolean isOpen() {
        return socket.isOpen();
    }

    @Override
    public boolean isActive() {
        return active;
    }

    @Override
    public ChannelMetadata metadata() {
        return METADATA;
    }

    @Override
    public @Nullable ServerSocketChannel parent() {
        return (ServerSocketChannel) super.parent();
    }

    @Override
    public InetSocketAddress localAddress() {
        return (InetSocketAddress) super.localAddress();
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return (InetSocketAddress) super.remoteAddress();
    }

    @Override
    protected @Nullable SocketAddress localAddress0() {
        // Asked earlier, it would be remembered; later the number may be another connection's.
        return active ? socket.localAddress() : null;
    }

    @Override
    protected @Nullable SocketAddress remoteAddress0() {
        return active ? socket.remoteAddress() : null;
    }

    @Override
    public boolean isInputShutdown() {
        return reader.hasEnded();
    }

    @Override
    public boolean isOutputShutdown() {
        return socket.isOutputShutdown();
    }

    @Override
    public boolean isShutdown() {
        return isInputShutdown() && isOutputShutdown();
    }

    @Override
    public ChannelFuture shutdownInput() {
        return shutdownInput(newPromise());
    }

    @Override
    public ChannelFuture shutdownInput(ChannelPromise promise) {
        return promise.setFailure(new UnsupportedOperationException("input that is not read is reset, not ended"));
    }

    @Override
    public ChannelFuture shutdownOutput() {
        return shutdownOutput(newPromise());
    }

    @Override
    public ChannelFuture shutdownOutput(ChannelPromise promise) {
        if (eventLoop().inEventLoop()) {
            ((AbstractUnsafe) unsafe()).shutdownOutput(promise);
        } else {
            eventLoop().execute(() -> ((AbstractUnsafe) unsafe()).shutdownOutput(promise));
        }
        return promise;
    }

    @Override
    public ChannelFuture shutdown() {
        return shutdown(newPromise());
    }

    @Override
    public ChannelFuture shutdown(ChannelPromise promise) {
        return shutdownOutput(promise);
    }

    /** What the event loop and the pipeline call. */
    private final class Unsafe extends AbstractUnsafe implements IoUringIoHandle {
        @Override
        public void connect(SocketAddress remote, @Nullable SocketAddress local, ChannelPromise promise) {
            if (!promise.setUncancellable() || !ensureOpen(promise)) {
                return;
            }
            InetSocketAddress address = (InetSocketAddress) remote;
            try {
                if (address.isUnresolved() || !socket.speaks(address.getAddress())) {
                    throw new NoRouteToHostException("not of a family that this host speaks");
                }
                if (local != null) {
                    socket.bind(local);
                }
            } catch (IOException refused) {
                safeSetFailure(promise, annotateConnectException(refused, remote));
                return;
            }
            UringConnect attempt = new UringConnect(UringSocketChannel.this, address, promise);
            connect = attempt;
            attempt.start();
        }

        @Override
        public void handle(IoRegistration ofThis, IoEvent ioEvent) {
            try {
                handle((IoUringIoEvent) ioEvent);
            } catch (RuntimeException mistake) {
                // The event loop would know of no connection that it belongs to.
                pipeline().fireExceptionCaught(mistake);
                close();
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

        private void writeFailed(IOException failure) {
            handleWriteError(failure);
        }

        @Override
        public void close() {
            close(voidPromise());
        }
    }
}
