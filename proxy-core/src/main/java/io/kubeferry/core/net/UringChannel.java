package io.kubeferry.core.net;

import io.netty.channel.AbstractChannel;
import io.netty.channel.Channel;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.unix.UnixChannel;
import io.netty.channel.uring.IoUringIoHandle;
import io.netty.channel.uring.IoUringIoOps;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A socket that is registered with an io_uring: what those that listen and those that are connected have in common.
 *
 * <p>Threading: as {@link Channel}.
 */
abstract class UringChannel extends AbstractChannel implements UnixChannel {
    private static final int READS_PER_LOOP = 16;
    private static final ChannelMetadata METADATA = new ChannelMetadata(false, READS_PER_LOOP);

    private final UringDescriptor socket;
    private volatile boolean active;
    /** Null until it is registered. */
    private @Nullable IoRegistration registration;

    UringChannel(@Nullable Channel parent, UringDescriptor socket) {
        super(parent);
        this.socket = socket;
    }

    /** The ring knows the socket now. */
    abstract void onRegistered();

    /** Nobody reads on purpose any more. On the event loop, or before there is one. */
    abstract void readNoMore();

    /** As {@link #readNoMore}, on any thread. */
    final void autoReadCleared() {
        EventLoop loop = isRegistered() ? eventLoop() : null;
        if (loop == null || loop.inEventLoop()) {
            readNoMore();
        } else {
            loop.execute(this::readNoMore);
        }
    }

    final int descriptor() {
        return socket.intValue();
    }

    final void setActive(boolean isActive) {
        active = isActive;
    }

    final boolean isKnownToRing() {
        return registration != null;
    }

    /** Submits an operation and returns its id. */
    final long submit(IoUringIoOps operation) {
        IoRegistration ring = registration;
        if (ring == null) {
            throw new IllegalStateException("not registered: " + this);
        }
        return ring.submit(operation);
    }

    /** Calls the operation off, if there is one. */
    final void cancel(long operation) {
        if (operation != UringOps.NONE) {
            long _ = submit(UringOps.cancel(operation));
        }
    }

    @Override
    protected final boolean isCompatible(EventLoop loop) {
        return loop instanceof IoEventLoop ofHandles && ofHandles.isCompatible(IoUringIoHandle.class);
    }

    @Override
    protected final void doRegister(ChannelPromise promise) {
        ((IoEventLoop) eventLoop())
                .register((IoUringIoHandle) unsafe())
                .addListener((Future<IoRegistration> registered) -> {
                    if (registered.isSuccess()) {
                        registration = registered.getNow();
                        onRegistered();
                        promise.setSuccess();
                    } else {
                        promise.setFailure(registered.cause());
                    }
                });
    }

    @Override
    protected final void doDeregister() {
        if (registration != null) {
            registration.cancel();
        }
    }

    @Override
    public final UringDescriptor fd() {
        return socket;
    }

    @Override
    public final boolean isOpen() {
        return socket.isOpen();
    }

    @Override
    public final boolean isActive() {
        return active;
    }

    @Override
    public final ChannelMetadata metadata() {
        return METADATA;
    }

    @Override
    public final InetSocketAddress localAddress() {
        return (InetSocketAddress) super.localAddress();
    }

    @Override
    public final InetSocketAddress remoteAddress() {
        return (InetSocketAddress) super.remoteAddress();
    }

    @Override
    protected final @Nullable SocketAddress localAddress0() {
        // Asked earlier, it would be remembered; later the number may be another connection's.
        return active ? socket.localAddress() : null;
    }
}
