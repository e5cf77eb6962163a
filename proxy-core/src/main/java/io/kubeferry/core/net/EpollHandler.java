package io.kubeferry.core.net;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoHandler;
import java.util.ArrayDeque;
import java.util.IdentityHashMap;
import java.util.Queue;

/**
 * Netty's handler of an epoll set, with an {@link EpollSocket} between every socket and its channel.
 *
 * <p>Threading: as {@link IoHandler}.
 */
final class EpollHandler extends WatchableIoHandler {
    private final IoHandler epoll;
    private final IdentityHashMap<IoHandle, EpollSocket> registered = new IdentityHashMap<>();
    private final Queue<Runnable> beforeNextWait = new ArrayDeque<>();

    EpollHandler(IoHandler epoll) {
        super(epoll);
        this.epoll = epoll;
    }

    static IoHandlerFactory newFactory() {
        return ForwardingIoHandler.factory(EpollIoHandler.newFactory(), (epoll, _) -> new EpollHandler(epoll));
    }

    @Override
    public int run(IoHandlerContext context) {
        for (Runnable action = beforeNextWait.poll(); action != null; action = beforeNextWait.poll()) {
            action.run();
        }
        return super.run(context);
    }

    /** Runs {@code action} when all is done that has happened, before more is waited for. */
    void beforeNextWait(Runnable action) {
        beforeNextWait.add(action);
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        EpollSocket socket = new EpollSocket((EpollIoHandle) handle, this);
        registered.put(handle, socket);
        return socket.registerWith(epoll);
    }

    void unregistered(IoHandle handle) {
        registered.remove(handle);
    }

    @Override
    SocketWatch watch(TcpStream stream) {
        EpollSocket socket =
                registered.get((IoHandle) ((ChannelStream) stream).channel().unsafe());
        if (socket == null) {
            throw new IllegalArgumentException("stream: " + stream + " (expected: registered with this event loop)");
        }
        return socket.watch();
    }
}
