package io.kubeferry.core.net;

import io.netty.channel.ChannelFuture;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;

/** Ends one direction of a connection with a FIN while the other goes on. */
public final class HalfClose {
    private HalfClose() {}

    /**
     * Sends {@code channel}'s FIN. Whatever was written before must have been taken by the kernel, and nothing may be
     * written afterwards. Event loop of the channel only.
     *
     * <p>On Linux' own transports this asks the kernel directly. Netty's way makes an exception with a stack trace for
     * writes that might wait, for every connection.
     */
    public static ChannelFuture sendFin(SocketChannel channel) {
        if (channel instanceof UnixChannel nativeChannel && nativeChannel.fd() instanceof Socket socket) {
            try {
                socket.shutdown(false, true);
                return channel.newSucceededFuture();
            } catch (IOException | RuntimeException failure) {
                return channel.newFailedFuture(failure);
            }
        }
        return channel.shutdownOutput();
    }
}
