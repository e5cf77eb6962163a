package io.kubeferry.core.net;

import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Socket options with which a process speaks for addresses that are not its host's. Linux, CAP_NET_ADMIN, native
 * transports only. Thread-safe.
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
    /** The first port of those above what Linux gives to connections by itself. */
    public static final int FIRST_RECOGNIZABLE_PORT = 61_000;

    /** The last one. */
    public static final int LAST_RECOGNIZABLE_PORT = 65_535;

    /** The first port of those below what Linux gives to connections by itself, and above what servers mostly have. */
    private static final int FIRST_UNLIKELY_PORT = 11_000;

    private static final int LAST_UNLIKELY_PORT = 32_767;

    /** One that the kernel chooses. */
    public static final int ANY_PORT = 0;

    private static final int ON = 1;

    private final int mark;
    private final AtomicInteger next =
            new AtomicInteger(ThreadLocalRandom.current().nextInt());

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
    public void mark(TcpStream upstream) {
        upstream.set(SO_MARK, mark);
    }

    /**
     * Lets {@code upstream}, which is not bound yet, connect from any address and from {@code port}, or {@link #ANY_PORT}. Several
     * connections may have one address and port as their source, as long as they go to different endpoints: clients' connections
     * do not use up the ports of one another.
     */
    public void allowForeignSource(TcpStream upstream, int port) {
        upstream.set(IP_TRANSPARENT, ON);
        if (port == ANY_PORT) {
            // Chosen when it connects, and then among those that no connection to the same endpoint has.
            upstream.set(IP_BIND_ADDRESS_NO_PORT, ON);
        } else {
            upstream.set(ChannelOption.SO_REUSEADDR, true);
        }
    }

    /**
     * A recognizable port, another one each time: the client whose address goes with it would hardly use it itself. There
     * are 4,536 for each pair of client and endpoint, and one may be in use, so this is for where they are needed.
     */
    public int nextRecognizablePort() {
        return next(FIRST_RECOGNIZABLE_PORT, LAST_RECOGNIZABLE_PORT);
    }

    /**
     * A port that the client whose address goes with it would hardly use itself, another one each time. There are 21,768 for each
     * pair of client and endpoint, and one may be in use. Where both have one, what the endpoint says to the client's own
     * connection would be taken for an answer to ours, and that for as long as this host remembers ours: a minute after its end.
     */
    public int nextUnlikelyPort() {
        return next(FIRST_UNLIKELY_PORT, LAST_UNLIKELY_PORT);
    }

    private int next(int first, int last) {
        return first + Math.floorMod(next.getAndIncrement(), last - first + 1);
    }
}
