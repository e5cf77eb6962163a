package io.kubeferry.core.net;

import io.netty.channel.socket.SocketChannel;
import io.netty.channel.unix.RawUnixChannelOption;
import java.nio.ByteBuffer;

/**
 * Asks the kernel whether a connection was reset. Reading cannot always tell: after a FIN Linux goes on to report end of
 * file, and while nothing is read nothing is reported. Thread-safe.
 */
public final class ResetProbe {
    /** TCP_INFO, as far as its first field: the state of the connection. */
    private static final RawUnixChannelOption TCP_STATE = new RawUnixChannelOption("TCP_INFO", 6, 11, 1);

    private static final byte TCP_CLOSE = 7;

    private ResetProbe() {}

    /** Whether {@code channel}'s connection is gone. NIO has no means to ask: there the answer is no. */
    public static boolean isReset(SocketChannel channel) {
        ByteBuffer state = channel.isOpen() ? channel.config().getOption(TCP_STATE) : null;
        return state != null
                && state.hasRemaining()
                && state.get(state.position()) == TCP_CLOSE
                // Without a failure both sides have sent their FINs, and what was received before may still be unread.
                && SocketFailure.pendingOn(channel).isPresent();
    }
}
