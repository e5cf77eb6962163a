package io.kubeferry.core.net;

import io.netty.channel.IoHandler;
import io.netty.channel.socket.SocketChannel;

/**
 * One of Netty's handlers of sockets, whose connections can be watched.
 *
 * <p>Threading: as {@link IoHandler}.
 */
abstract class WatchableIoHandler extends ForwardingIoHandler {
    WatchableIoHandler(IoHandler handler) {
        super(handler);
    }

    /** The watch of the socket of {@code channel}, which is registered here. */
    abstract SocketWatch watch(SocketChannel channel);

    /** A channel has been registered that will be for long, such as a listening one. On the event loop. */
    void lastingRegistered() {}
}
