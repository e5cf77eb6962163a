package io.kubeferry.core.net;

import io.netty.channel.IoHandler;

/**
 * One of Netty's handlers of sockets, whose connections can be watched.
 *
 * <p>Threading: as {@link IoHandler}.
 */
abstract class WatchableIoHandler extends ForwardingIoHandler {
    WatchableIoHandler(IoHandler handler) {
        super(handler);
    }

    /** The watch of {@code stream}, which is registered here. */
    abstract SocketWatch watch(TcpStream stream);

    /** A channel has been registered that will be for long, such as a listening one. On the event loop. */
    void lastingRegistered() {}
}
