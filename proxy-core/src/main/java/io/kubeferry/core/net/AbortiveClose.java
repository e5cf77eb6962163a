package io.kubeferry.core.net;

import io.netty.channel.ChannelException;
import io.netty.channel.socket.SocketChannel;

/** Closes with a RST, so that nobody takes an interrupted stream for a complete one. */
public final class AbortiveClose {
    private AbortiveClose() {}

    /**
     * Resets {@code channel}'s connection and closes it. Unsent bytes are dropped. Does nothing to a channel that is closed:
     * its descriptor may be another connection's by now, which would then be reset whenever it ends. Event loop of the
     * channel only.
     */
    public static void reset(SocketChannel channel) {
        if (!channel.isOpen()) {
            return;
        }
        try {
            channel.config().setSoLinger(0);
        } catch (ChannelException alreadyGone) {
            // The peer's own RST has taken the socket down; there is no one left to tell.
        }
        channel.close();
    }
}
