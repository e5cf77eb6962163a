package io.kubeferry.core.net;

import io.netty.channel.AbstractServerChannel;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.unix.Errors;
import io.netty.channel.unix.UnixChannel;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.channel.uring.IoUringIoHandle;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
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
final class UringServerChannel extends AbstractServerChannel implements ServerSocketChannel, UnixChannel {
    private final UringDescriptor socket = UringDescriptor.open();
    private final UringServerConfig config = new UringServerConfig(this, socket);
    private volatile boolean active;
    private long accept = UringOps.NONE;
    /** Null until it is registered. */
    private @Nullable IoRegistration registration;

    /** Null unless it is to be closed as soon as it does not accept any more. */
    private @Nullable Runnable onAcceptEnded;

    UringServerChannel() {
        // Inherited by what is accepted.
        config.setOption(ChannelOption.TCP_NODELAY, true);
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
            if (registered.isSuccess()) {
                registration = registered.getNow();
                promise.setSuccess();
            } else {
                promise.setFailure(registered.cause());
            }
        });
    }

    @Override
    protected void doDeregister() {
        if (registration != null) {
            registration.cancel();
        }
    }

    @Override
    protected void doBind(SocketAddress address) throws IOException {
        socket.bind(address);
        socket.listen(config.getBacklog());
        active = true;
    }

    @Override
    protected void doBeginRead() {
        IoRegistration ring = registration;
        if (ring != null && active && accept == UringOps.NONE && onAcceptEnded == null) {
            accept = ring.submit(UringOps.accept(socket.intValue()));
        }
    }

    /** Nobody accepts on purpose any more; what the kernel has accepted by then still comes. */
    void acceptNoMore() {
        if (!isRegistered()) {
            return;
        }
        if (eventLoop().inEventLoop()) {
            cancelAccept();
        } else {
            eventLoop().execute(this::cancelAccept);
        }
    }

    private void cancelAccept() {
        IoRegistration ring = registration;
        if (ring != null && accept != UringOps.NONE) {
            long _ = ring.submit(UringOps.cancel(accept));
        }
    }

    @Override
    protected void doClose() throws IOException {
        active = false;
        socket.close();
    }

    @Override
    public UringDescriptor fd() {
        return socket;
    }

    @Override
    public UringServerConfig config() {
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
    public InetSocketAddress localAddress() {
        return (InetSocketAddress) super.localAddress();
    }

    @Override
    public @Nullable InetSocketAddress remoteAddress() {
        return null;
    }

    @Override
    protected @Nullable SocketAddress localAddress0() {
        // Asked earlier, it would be remembered.
        return active ? socket.localAddress() : null;
    }

    /** What the event loop and the pipeline call. */
    private final class Unsafe extends AbstractUnsafe implements IoUringIoHandle {
        @Override
        public void connect(SocketAddress remote, @Nullable SocketAddress local, ChannelPromise promise) {
            safeSetFailure(promise, new UnsupportedOperationException("it listens"));
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
                cancelAccept();
            }
        }
    }
}
