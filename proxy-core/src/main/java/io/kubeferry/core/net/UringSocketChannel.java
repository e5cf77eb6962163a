package io.kubeferry.core.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.channel.uring.IoUringIoHandle;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketAddress;
import java.nio.channels.NotYetConnectedException;
import org.jspecify.annotations.Nullable;

/**
 * A connection on an io_uring, with as few operations as it takes. Netty 4.2.18's own channel asks for more, and for system
 * calls beside them: it polls for the peer's FIN, which a read tells too, and before the first read, which can wait by itself;
 * it calls off what is left when it closes, and asks for addresses that nobody needs.
 *
 * <p>It reads one buffer ahead ({@link UringReader}). A reset is told whether or not it is read on, but nothing is told of what
 * comes behind bytes that nobody has read yet.
 *
 * <p>Threading: as {@link Channel}.
 */
final class UringSocketChannel extends UringChannel implements SocketChannel {
    private final UringSocketConfig config;
    private final UringReader reader = new UringReader(this);
    private final UringWriter writer = new UringWriter(this);
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
        super(parent, socket);
        setActive(active);
        this.config = new UringSocketConfig(this);
    }

    @Override
    void onRegistered() {
        if (isActive()) {
            reader.readAhead();
        }
    }

    @Override
    void readNoMore() {
        reader.wantNoMore();
    }

    /** Expects that the connection goes on for longer than most. On the event loop. */
    void lasts() {
        if (isOpen()) {
            reader.lasts();
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
        setActive(true);
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
    protected void doBeginRead() {
        if (isActive()) {
            reader.want();
        }
    }

    @Override
    protected Object filterOutboundMessage(Object message) {
        if (!(message instanceof ByteBuf bytes)) {
            throw new IllegalArgumentException("message: " + message.getClass() + " (expected: ByteBuf)");
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
        fd().bind(address);
    }

    @Override
    protected void doDisconnect() throws IOException {
        doClose();
    }

    @Override
    protected void doClose() throws IOException {
        setActive(false);
        if (!isKnownToRing()) {
            fd().close();
            return;
        }
        if (!fd().letGo()) {
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
        long _ = submit(UringOps.close(descriptor()));
    }

    @Override
    protected void doShutdownOutput() throws IOException {
        fd().shutdown(false, true);
    }

    @Override
    public UringSocketConfig config() {
        return config;
    }

    @Override
    public @Nullable ServerSocketChannel parent() {
        return (ServerSocketChannel) super.parent();
    }

    @Override
    protected @Nullable SocketAddress remoteAddress0() {
        return isActive() ? fd().remoteAddress() : null;
    }

    @Override
    public boolean isInputShutdown() {
        return reader.hasEnded();
    }

    @Override
    public boolean isOutputShutdown() {
        return fd().isOutputShutdown();
    }

    @Override
    public boolean isShutdown() {
        return isInputShutdown() && isOutputShutdown();
    }

    @Override
    public ChannelFuture shutdownInput() {
        return shutdownInput(newPromise());
    }

    /** What the client sends from now on is ignored; the end of the input comes like any other. */
    @Override
    public ChannelFuture shutdownInput(ChannelPromise promise) {
        onLoop(() -> shutDownInput(promise));
        return promise;
    }

    private void shutDownInput(ChannelPromise promise) {
        try {
            fd().shutdown(true, false);
            promise.setSuccess();
        } catch (IOException | NotYetConnectedException failure) {
            promise.setFailure(failure);
        }
    }

    @Override
    public ChannelFuture shutdownOutput() {
        return shutdownOutput(newPromise());
    }

    @Override
    public ChannelFuture shutdownOutput(ChannelPromise promise) {
        onLoop(() -> ((AbstractUnsafe) unsafe()).shutdownOutput(promise));
        return promise;
    }

    @Override
    public ChannelFuture shutdown() {
        return shutdown(newPromise());
    }

    @Override
    public ChannelFuture shutdown(ChannelPromise promise) {
        shutdownInput().addListener(ended -> {
            if (ended.isSuccess()) {
                shutdownOutput(promise);
            } else {
                promise.setFailure(ended.cause());
            }
        });
        return promise;
    }

    private void onLoop(Runnable action) {
        if (eventLoop().inEventLoop()) {
            action.run();
        } else {
            eventLoop().execute(action);
        }
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
                if (address.isUnresolved() || !fd().speaks(address.getAddress())) {
                    throw new NoRouteToHostException("not of a family that this host speaks");
                }
                if (local != null) {
                    fd().bind(local);
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
