package io.kubeferry.core.net;

import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;

/**
 * Socket options with which a process speaks for addresses that are not its host's. Linux, CAP_NET_ADMIN, native
 * transports only. Immutable.
 *
 * <p>Every socket carries a mark, by which the host's rules know this process's own packets. What a listener accepts has
 * its mark and its right to foreign addresses too.
 */
public final class TransparentSockets {
    private static final ChannelOption<Integer> IP_TRANSPARENT = new IntegerUnixChannelOption("IP_TRANSPARENT", 0, 19);
    private static final ChannelOption<Integer> IP_BIND_ADDRESS_NO_PORT =
            new IntegerUnixChannelOption("IP_BIND_ADDRESS_NO_PORT", 0, 24);
    private static final ChannelOption<Integer> SO_REUSEPORT = new IntegerUnixChannelOption("SO_REUSEPORT", 1, 15);
    private static final ChannelOption<Integer> SO_MARK = new IntegerUnixChannelOption("SO_MARK", 1, 36);
    /** Linux 6.3. The higher port is in the upper half of the number. */
    private static final ChannelOption<Integer> IP_LOCAL_PORT_RANGE =
            new IntegerUnixChannelOption("IP_LOCAL_PORT_RANGE", 0, 51);

    /** The first port of those above what Linux gives to connections by itself. */
    public static final int FIRST_RECOGNIZABLE_PORT = 61_000;

    /** The last one. */
    public static final int LAST_RECOGNIZABLE_PORT = 65_535;

    private static final int ON = 1;

    private final int mark;

    /** Sockets that carry {@code mark}. */
    public TransparentSockets(int mark) {
        this.mark = mark;
    }

    /**
     * Lets {@code listener}, which is not bound yet, accept connections to any address. Several may share a port: the
     * kernel spreads connections over them.
     *
     * @throws io.netty.channel.ChannelException if this process has no right to
     */
    public void applyTo(ServerSocketChannel listener) {
        listener.config().setOption(SO_REUSEPORT, ON);
        listener.config().setOption(IP_TRANSPARENT, ON);
        listener.config().setOption(SO_MARK, mark);
    }

    /** Marks {@code upstream}, which will connect from this host's address. */
    public void mark(SocketChannel upstream) {
        upstream.config().setOption(SO_MARK, mark);
    }

    /**
     * Lets {@code upstream}, which is not bound yet, connect from any address. Its port is chosen when it connects, so
     * that two endpoints may see the same one: clients' connections do not use up the ports of one another.
     */
    public void allowForeignSource(SocketChannel upstream) {
        upstream.config().setOption(IP_TRANSPARENT, ON);
        upstream.config().setOption(IP_BIND_ADDRESS_NO_PORT, ON);
    }

    /**
     * Has {@code upstream} connect from a recognizable port, which the client whose address it uses would hardly use
     * itself. There are {@value #LAST_RECOGNIZABLE_PORT} - {@value #FIRST_RECOGNIZABLE_PORT} + 1 for each pair of client
     * and endpoint, so this is for where they are needed.
     *
     * @throws io.netty.channel.ChannelException if the kernel is older than Linux 6.3
     */
    public void useRecognizablePort(SocketChannel upstream) {
        upstream.config()
                .setOption(IP_LOCAL_PORT_RANGE, LAST_RECOGNIZABLE_PORT << Short.SIZE | FIRST_RECOGNIZABLE_PORT);
    }
}
