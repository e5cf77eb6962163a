package io.kubeferry.core.net;

import io.netty.channel.AbstractChannel;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandle;
import io.netty.channel.IoRegistration;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.unix.UnixChannel;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A listening socket of Linux', whose connections are {@link NativeStream}s. Each transport accepts in its own way; its unsafe
 * is what the event loop knows.
 *
 * <p>Threading: as {@link io.netty.channel.Channel}.
 */
abstract sealed class NativeServerChannel extends AbstractChannel implements ServerSocketChannel, UnixChannel
        permits EpollServerChannel, UringServerChannel {
    private static final String LISTENS = "a socket that listens carries no bytes";

    private static final int IPPROTO_IP = 0;
    private static final int IP_TRANSPARENT = 19;
    private static final ChannelMetadata METADATA = new ChannelMetadata(false);

    private final Class<? extends IoHandle> handleType;
    private final TcpDescriptor socket;
    private final NativeServerConfig config;
    private volatile boolean active;
    /** The address that connections are accepted at; null until it listens, and where each has one of its own. */
    private @Nullable InetSocketAddress addressOfAccepted;
    /** Null until it is registered. */
    private @Nullable IoRegistration registration;

    /** One whose unsafe is a {@code handleType}. */
    NativeServerChannel(Class<? extends IoHandle> handleType) {
        super(null);
        this.handleType = handleType;
        socket = new TcpDescriptor(TcpDescriptor.newSocket());
        config = new NativeServerConfig(this);
        // Inherited by what is accepted.
        boolean _ = config.setOption(ChannelOption.TCP_NODELAY, true);
    }

    /** Accepts what comes, from now on. Event loop only. */
    abstract void resumeAccepting(IoRegistration its);

    /** Accepts nothing more, but for what the kernel may have accepted already. Event loop only. */
    abstract void pauseAccepting(IoRegistration its);

    @Override
    protected boolean isCompatible(EventLoop loop) {
        return loop instanceof IoEventLoop ofHandles && ofHandles.isCompatible(handleType);
    }

    @Override
    protected void doRegister(ChannelPromise promise) {
        ((IoEventLoop) eventLoop()).register((IoHandle) unsafe()).addListener((Future<IoRegistration> registered) -> {
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
            pauseAccepting();
        } else if (loop != null) {
            loop.execute(this::pauseAccepting);
        }
    }

    /** As {@link #pauseAccepting(IoRegistration)}. */
    final void pauseAccepting() {
        if (registration != null) {
            pauseAccepting(registration);
        }
    }

    @Override
    protected void doBeginRead() {
        if (active && registration != null) {
            resumeAccepting(registration);
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

    /** The address that connections are accepted at; null where each has one of its own. */
    final @Nullable InetSocketAddress addressOfAccepted() {
        return addressOfAccepted;
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
    public TcpDescriptor fd() {
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
    public NativeServerConfig config() {
        return config;
    }

    @Override
    protected @Nullable SocketAddress remoteAddress0() {
        return null;
    }

    /** What the event loop and the pipeline call. */
    abstract class ListeningUnsafe extends AbstractUnsafe implements IoHandle {
        @Override
        public void connect(SocketAddress remote, @Nullable SocketAddress local, ChannelPromise promise) {
            safeSetFailure(promise, new IllegalStateException(LISTENS));
        }

        @Override
        public void close() {
            close(newPromise());
        }
    }
}
