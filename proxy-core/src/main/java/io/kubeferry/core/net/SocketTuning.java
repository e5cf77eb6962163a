package io.kubeferry.core.net;

import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.SocketChannelConfig;

/**
 * The socket options of both sides of a connection. Immutable.
 *
 * <p>Bytes go on as they come (Netty switches Nagle's algorithm off by itself), directions end one by one (half-close),
 * nothing is read until the relay asks, and a slow reader holds at most the high watermark plus one read in memory.
 */
public final class SocketTuning {
    private static final WriteBufferWaterMark WATERMARKS = new WriteBufferWaterMark(32 * 1024, 64 * 1024);

    private final Transport transport;

    /** Options for channels of {@code transport}. */
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

    /** Prepares a channel that a listener so prepared has accepted, before it is registered. */
    public void applyToAccepted(SocketChannel channel) {
        applyInProcess(channel.config());
        if (!transport.isNative()) {
            transport.keepAlive().applyTo(channel.config());
        }
    }

    /** Prepares a channel that will connect, and gives up after {@code timeoutMillis}, before it is registered. */
    public void applyToConnecting(SocketChannel channel, int timeoutMillis) {
        applyInProcess(channel.config());
        channel.config().setOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, timeoutMillis);
    }

    /**
     * Prepares a channel that was accepted and may be silent for long: it holds no buffer meanwhile. Nothing is done to one that
     * is closed. Event loop of the channel only.
     */
    public void applyToLastingAccepted(SocketChannel channel) {
        if (channel instanceof UringSocketChannel reading) {
            reading.lasts();
        }
    }

    /**
     * As {@link #applyToLastingAccepted}, for one that has connected: beside that it is kept alive. Four system calls, which
     * short connections do not need: the first probe would come minutes later.
     *
     * @throws io.netty.channel.ChannelException if the peer is gone
     */
    public void applyToLastingConnected(SocketChannel channel) {
        if (channel.isOpen()) {
            applyToLastingAccepted(channel);
            transport.keepAlive().applyTo(channel.config());
        }
    }

    private static void applyInProcess(SocketChannelConfig config) {
        config.setAutoRead(false);
        config.setAllowHalfClosure(true);
        config.setWriteBufferWaterMark(WATERMARKS);
    }
}
