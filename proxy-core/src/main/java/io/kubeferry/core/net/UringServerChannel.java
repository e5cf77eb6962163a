package io.kubeferry.core.net;

import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.unix.Errors;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.channel.uring.IoUringIoHandle;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/**
 * A listening socket on an io_uring, whose connections are {@link UringSocketChannel}s.
 *
 * <p>Closing takes a turn of the event loop: the kernel listens for as long as it is asked to accept.
 *
 * <p>Threading: as {@link io.netty.channel.Channel}.
 */
final class UringServerChannel extends UringChannel implements ServerSocketChannel {
    private static final String LISTENS = "a socket that listens carries no bytes";

    private final UringServerConfig config;
    private long accept = UringOps.NONE;
    /** Null unless it is to be closed as soon as it does not accept any more. */
    private @Nullable Runnable onAcceptEnded;

    UringServerChannel() {
        super(null, UringDescriptor.open());
        config = new UringServerConfig(this);
        // Inherited by what is accepted.
        boolean _ = config.setOption(ChannelOption.TCP_NODELAY, true);
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new Unsafe();
    }

    /** It accepts when it is bound. */
    @Override
    void onRegistered() {}

    /** What the kernel has accepted by then still comes. */
    @Override
    void readNoMore() {
        cancel(accept);
    }

    @Override
    protected void doBind(SocketAddress address) throws IOException {
        fd().bind(address);
        fd().listen(config.getBacklog());
        setActive(true);
    }

    @Override
    protected void doBeginRead() {
        if (isActive() && accept == UringOps.NONE && onAcceptEnded == null) {
            accept = submit(UringOps.accept(descriptor()));
        }
    }

    @Override
    protected Object filterOutboundMessage(Object message) {
        throw new IllegalStateException(LISTENS);
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer queue) {
        throw new IllegalStateException(LISTENS);
    }

    @Override
    protected void doDisconnect() throws IOException {
        doClose();
    }

    @Override
    protected void doClose() throws IOException {
        setActive(false);
        fd().close();
    }

    @Override
    public UringServerConfig config() {
        return config;
    }

    @Override
    protected @Nullable SocketAddress remoteAddress0() {
        return null;
    }

    /** What the event loop and the pipeline call. */
    private final class Unsafe extends AbstractUnsafe implements IoUringIoHandle {
        @Override
        public void connect(SocketAddress remote, @Nullable SocketAddress local, ChannelPromise promise) {
            safeSetFailure(promise, new IllegalStateException(LISTENS));
        }

        @Override
        public void handle(IoRegistration ofThis, IoEvent ioEvent) {
            IoUringIoEvent event = (IoUringIoEvent) ioEvent;
            if (event.opcode() != UringOps.ACCEPT) {
                return;
            }
            boolean hasEnded = !UringOps.goesOn(event.flags());
            if (hasEnded) {
                accept = UringOps.NONE;
            }
            if (event.res() >= 0) {
                pipeline().fireChannelRead(new UringSocketChannel(UringServerChannel.this, event.res()));
            } else if (!UringOps.isTransient(event.res())) {
                pipeline().fireExceptionCaught(Errors.newIOException("accept", event.res()));
            }
            if (hasEnded && onAcceptEnded != null) {
                onAcceptEnded.run();
            } else if (hasEnded) {
                // Asks for the next, where accepting goes on.
                pipeline().fireChannelReadComplete();
            }
        }

        @Override
        public void close() {
            close(newPromise());
        }

        @Override
        protected void close(ChannelPromise promise, Throwable cause, ClosedChannelException closeCause) {
            if (accept == UringOps.NONE) {
                super.close(promise, cause, closeCause);
                return;
            }
            Runnable before = onAcceptEnded;
            onAcceptEnded = () -> {
                if (before != null) {
                    before.run();
                }
                super.close(promise, cause, closeCause);
            };
            if (before == null) {
                cancel(accept);
            }
        }
    }
}
