package io.kubeferry.core.net;

import io.netty.channel.socket.ServerSocketChannel;

/**
 * Has the kernel look after both sides of a connection, at the time when that costs least. Immutable.
 */
public final class SocketTuning {
    private final Transport transport;

    /** For streams of {@code transport}. */
    public SocketTuning(Transport transport) {
        this.transport = transport;
    }

    /**
     * Prepares a channel that will listen. On Linux what it accepts inherits the socket's options, which saves four system
     * calls for every connection.
     */
    public void applyTo(ServerSocketChannel listener) {
        if (transport.isNative()) {
            transport.keepAlive().applyTo(listener.config());
        }
    }

    /**
     * Prepares a stream that a listener so prepared has accepted, before it is on a loop.
     *
     * @throws io.netty.channel.ChannelException if the peer is gone
     */
    public void applyToAccepted(TcpStream downstream) {
        if (!transport.isNative()) {
            transport.keepAlive().applyTo(downstream);
        }
    }

    /**
     * Prepares a stream that was accepted and may be silent for long: it holds no buffer meanwhile. Nothing is done to one that
     * is closed. Event loop of the stream only.
     */
    public void applyToLastingAccepted(TcpStream downstream) {
        downstream.lasts();
    }

    /**
     * As {@link #applyToLastingAccepted}, for one that has connected: beside that it is kept alive. Four system calls, which
     * short connections do not need: the first probe would come minutes later.
     *
     * @throws io.netty.channel.ChannelException if the peer is gone
     */
    public void applyToLastingConnected(TcpStream upstream) {
        if (upstream.isOpen()) {
            upstream.lasts();
            transport.keepAlive().applyTo(upstream);
        }
    }
}
