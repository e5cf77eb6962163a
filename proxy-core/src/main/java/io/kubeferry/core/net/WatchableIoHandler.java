package io.kubeferry.core.net;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.socket.SocketChannel;
import java.util.IdentityHashMap;
import java.util.function.BiFunction;

/**
 * One of Netty's handlers of sockets, with something of ours between every socket and its channel.
 *
 * <p>Threading: as {@link IoHandler}.
 */
final class WatchableIoHandler extends ForwardingIoHandler {
    private final IoHandler handler;
    private final BiFunction<IoHandle, WatchableIoHandler, WatchableSocket> sockets;
    private final IdentityHashMap<IoHandle, WatchableSocket> registered = new IdentityHashMap<>();

    /** {@code handler}, with each registered handle wrapped into what {@code sockets} makes of it. */
    WatchableIoHandler(IoHandler handler, BiFunction<IoHandle, WatchableIoHandler, WatchableSocket> sockets) {
        super(handler);
        this.handler = handler;
        this.sockets = sockets;
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        if (handle instanceof WatchRequest request) {
            WatchableSocket socket = registered.get(request.handleOfChannel());
            if (socket == null) {
                throw new IllegalArgumentException("channel: " + request.channel() + " (expected: registered here)");
            }
            return new Answer(socket.watch(request.channel()));
        }
        WatchableSocket socket = sockets.apply(handle, this);
        registered.put(handle, socket);
        return socket.registerWith(handler);
    }

    /** Registers what is no channel's, as it is. */
    IoRegistration registerUnwatched(IoHandle handle) throws Exception {
        return handler.register(handle);
    }

    void unregistered(IoHandle handle) {
        registered.remove(handle);
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
        return handleType == WatchRequest.class || super.isCompatible(handleType);
    }

    /** A socket between its channel and the handler. */
    interface WatchableSocket {
        /** Registers itself in place of its channel; the answer is for the channel. */
        IoRegistration registerWith(IoHandler handler) throws Exception;

        /** The watch of the socket of {@code channel}; there is one. */
        SocketWatch watch(SocketChannel channel) throws Exception;
    }

    /** Carries a watch to whoever asked for it. */
    private record Answer(SocketWatch watch) implements IoRegistration {
        @Override
        @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // Netty's signature.
        public <T> T attachment() {
            return (T) watch;
        }

        @Override
        public long submit(IoOps ops) {
            throw new UnsupportedOperationException("a request for a watch waits for nothing");
        }

        @Override
        public boolean isValid() {
            return true;
        }

        @Override
        public boolean cancel() {
            // True, because the event loop counts it out again.
            return true;
        }
    }
}
