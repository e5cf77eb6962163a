package io.kubeferry.core.net;

import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ServerSocketChannelConfig;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.unix.IntegerUnixChannelOption;
import jdk.net.ExtendedSocketOptions;

/**
 * Has the kernel probe silent peers, so that connections to peers that vanished end. Immutable.
 *
 * <p>A peer that stops answering is noticed after 300 s of silence and five probes 30 s apart: 450 s.
 */
final class KeepAlive {
    private static final int IDLE_SECONDS = 300;
    private static final int INTERVAL_SECONDS = 30;
    private static final int PROBES = 5;

    private static final ChannelOption<Integer> SO_KEEPALIVE = new IntegerUnixChannelOption("SO_KEEPALIVE", 1, 9);

    /** Linux option numbers, for the native transports. */
    static final KeepAlive NATIVE = new KeepAlive(
            new IntegerUnixChannelOption("TCP_KEEPIDLE", 6, 4),
            new IntegerUnixChannelOption("TCP_KEEPINTVL", 6, 5),
            new IntegerUnixChannelOption("TCP_KEEPCNT", 6, 6));

    private final ChannelOption<Integer> idleSeconds;
    private final ChannelOption<Integer> intervalSeconds;
    private final ChannelOption<Integer> probes;

    private KeepAlive(
            ChannelOption<Integer> idleSeconds, ChannelOption<Integer> intervalSeconds, ChannelOption<Integer> probes) {
        this.idleSeconds = idleSeconds;
        this.intervalSeconds = intervalSeconds;
        this.probes = probes;
    }

    /** The JDK's names, for NIO. Made when asked for: with them comes a library, which no start needs to load on the others. */
    static KeepAlive ofJdk() {
        return new KeepAlive(
                NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE),
                NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL),
                NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT));
    }

    /** Switches it on. Options that the platform lacks are left at the system's values. */
    void applyTo(TcpStream stream) {
        stream.set(ChannelOption.SO_KEEPALIVE, true);
        stream.set(idleSeconds, IDLE_SECONDS);
        stream.set(intervalSeconds, INTERVAL_SECONDS);
        stream.set(probes, PROBES);
    }

    /** Switches it on for all that a listener will accept; native transports only. */
    void applyTo(ServerSocketChannelConfig config) {
        config.setOption(SO_KEEPALIVE, 1);
        config.setOption(idleSeconds, IDLE_SECONDS);
        config.setOption(intervalSeconds, INTERVAL_SECONDS);
        config.setOption(probes, PROBES);
    }
}
