package io.kubeferry.core.net;

import io.netty.channel.AbstractChannel;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
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
 * A listening socket on an io_uring, whose connections are {@link UringStream}s.
 *
 * <p>Closing takes a turn of the event loop: the kernel listens for as long as it is asked to accept.
 *
 * <p>Threading: as {@link io.netty.channel.Channel}.
 */
final class UringServerChannel extends AbstractChannel implements ServerSocketChannel, UnixChannel {
    private static final String LISTENS = "a socket that listens carries no bytes";

    private static final int IPPROTO_IP = 0;
    private static final int IP_TRANSPARENT = 19;
    private static final ChannelMetadata METADATA = new ChannelMetadata(false);

    private final UringDescriptor socket;
    private final UringServerConfig config;
    private volatile boolean active;
    /** The address that connections are accepted at; null until it listens, and where each has one of its own. */
    private @Nullable InetSocketAddress addressOfAccepted;
    /** Null until it is registered. */
    private @Nullable IoRegistration registration;

    private long accept = UringOps.NONE;
    /** Null unless it is to be closed as soon as it does not accept any more. */
    private @Nullable Runnable onAcceptEnded;

    UringServerChannel() {
        super(null);
        socket = new UringDescriptor(UringDescriptor.newSocket());
        config = new UringServerConfig(this);
        // Inherited by what is accepted.
        boolean _ = config.setOption(ChannelOption.TCP_NODELAY, true);
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new Unsafe();
    }

    @Override
    protected boolean isCompatible(EventLoop loop) {
        return loop instanceof IoEventLoop ofHandles && ofHandles.isCompatible(IoUringIoHandle.class);
    }

    @Override
    protected void doRegister(ChannelPromise promise) {
        ((IoEventLoop) eventLoop())
                .register((IoUringIoHandle) unsafe())
                .addListener((Future<IoRegistration> registered) -> {
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

    /** Nobody accepts on purpose any more. What the kernel has accepted by then still comes. On any thread. */
    void autoReadCleared() {
        EventLoop loop = isRegistered() ? eventLoop() : null;
        if (loop != null && loop.inEventLoop()) {
            cancelAccept();
        } else if (loop != null) {
            loop.execute(this::cancelAccept);
        }
    }

    private void cancelAccept() {
        IoRegistration ring = registration;
        if (accept != UringOps.NONE && ring != null) {
            long _ = ring.submit(UringOps.cancel(accept));
        }
    }

    @Override
    protected void doBind(SocketAddress address) throws IOException {
        socket.bind(address);
        socket.listen(config.getBacklog());
        active = true;
        addressOfAccepted = addressOfAccepted(socket.localAddress());
    }

    /** One system call now instead of one for each connection. */
    private @Nullable InetSocketAddress addressOfAccepted(InetSocketAddress own) throws IOException {
        boolean isForeignToo = socket.getIntOpt(IPPROTO_IP, IP_TRANSPARENT) != 0;
        return isForeignToo || own.getAddress().isAnyLocalAddress() ? null : own;
    }

    @Override
    protected void doBeginRead() {
        IoRegistration ring = registration;
        if (active && ring != null && accept == UringOps.NONE && onAcceptEnded == null) {
            accept = ring.submit(UringOps.accept(socket.intValue()));
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
        active = false;
        socket.close();
    }

    @Override
    public UringDescriptor fd() {
        return socket;
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
    public InetSocketAddress localAddress() {
        return (InetSocketAddress) super.localAddress();
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return (InetSocketAddress) super.remoteAddress();
    }

    @Override
    protected @Nullable SocketAddress localAddress0() {
        // Asked earlier, it would be remembered.
        return active ? socket.localAddress() : null;
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
                pipeline().fireChannelRead(UringStream.accepted(event.res(), addressOfAccepted, alloc()));
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
