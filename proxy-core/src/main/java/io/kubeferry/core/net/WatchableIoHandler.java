package io.kubeferry.core.net;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoRegistration;
import io.netty.channel.socket.SocketChannel;
import java.util.ArrayDeque;
import java.util.IdentityHashMap;
import java.util.Queue;
import java.util.function.BiFunction;

/**
 * One of Netty's handlers of sockets, with something of ours between every socket and its channel.
 *
 * <p>Threading: as {@link IoHandler}.
 */
class WatchableIoHandler extends ForwardingIoHandler {
    private final IoHandler handler;
    private final BiFunction<IoHandle, WatchableIoHandler, WatchableSocket> sockets;
    private final IdentityHashMap<IoHandle, WatchableSocket> registered = new IdentityHashMap<>();
    private final Queue<Runnable> beforeNextWait = new ArrayDeque<>();

    /** {@code handler}, with each registered handle wrapped into what {@code sockets} makes of it. */
    WatchableIoHandler(IoHandler handler, BiFunction<IoHandle, WatchableIoHandler, WatchableSocket> sockets) {
        super(handler);
        this.handler = handler;
        this.sockets = sockets;
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
        WatchableSocket socket = sockets.apply(handle, this);
        registered.put(handle, socket);
        return socket.registerWith(handler);
    }

    /** The watch of the socket of {@code channel}, which is registered here. */
    SocketWatch watch(SocketChannel channel) throws Exception {
        WatchableSocket socket = registered.get((IoHandle) channel.unsafe());
        if (socket == null) {
            throw new IllegalArgumentException("channel: " + channel + " (expected: registered with this event loop)");
        }
        return socket.watch(channel);
    }

    /** Registers what is no channel's, as it is. */
    IoRegistration registerUnwatched(IoHandle handle) throws Exception {
        return handler.register(handle);
    }

    /** A channel has been registered that will be for long, such as a listening one. On the event loop. */
    void lastingRegistered() {}

    void unregistered(IoHandle handle) {
        registered.remove(handle);
    }

    /** A socket between its channel and the handler. */
    interface WatchableSocket {
        /** Registers itself in place of its channel; the answer is for the channel. */
        IoRegistration registerWith(IoHandler handler) throws Exception;

        /** The watch of the socket of {@code channel}; there is one. */
        SocketWatch watch(SocketChannel channel) throws Exception;
    }
}
