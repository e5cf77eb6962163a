package io.kubeferry.core.net;

import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.SocketChannelConfig;

/**
 * The socket options of both sides of a connection. Immutable.
 *
 * <p>Bytes go on as they come (no Nagle), directions end one by one (half-close), nothing is read until the relay asks,
 * and a slow reader holds at most the high watermark plus one read in memory.
 */
public final class SocketTuning {
    private static final WriteBufferWaterMark WATERMARKS = new WriteBufferWaterMark(32 * 1024, 64 * 1024);

    private final Transport transport;

    /** Options for channels of {@code transport}. */
    public SocketTuning(Transport transport) {
        this.transport = transport;
    }

    /** Prepares a channel that was accepted or will connect, before it is registered. */
    public void applyTo(SocketChannel channel) {
        SocketChannelConfig config = channel.config();
        config.setAutoRead(false);
        config.setAllowHalfClosure(true);
        config.setTcpNoDelay(true);
        config.setWriteBufferWaterMark(WATERMARKS);
        transport.keepAlive().applyTo(config);
    }

    /** As {@link #applyTo}, for a channel that gives up connecting after {@code timeoutMillis}. */
    public void applyTo(SocketChannel channel, int timeoutMillis) {
        applyTo(channel);
        channel.config().setOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, timeoutMillis);
    }
}
