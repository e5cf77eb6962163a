package io.kubeferry.core.listener;

import io.kubeferry.core.connection.ConnectionAcceptor;
import io.kubeferry.core.connection.ConnectionBudget;
import io.kubeferry.core.model.IpAddresses;
import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.net.TransparentSockets;
import io.kubeferry.core.net.Transport;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ServerSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * A listening socket on loopback that accepts connections to any address, where the host steers them to it. What it
 * accepts stays on its event loop.
 *
 * <p>Threading: opened and closed by whoever holds the lock of {@link CapturingListeners}.
 */
final class TransparentListener {
    private final ServerSocketChannel channel;

    /** What listeners are made of. Immutable; its parts are thread-safe. */
    record Sockets(
            Transport transport,
            TransparentSockets options,
            ConnectionAcceptor acceptor,
            ConnectionBudget budget,
            AcceptPauses pauses) {}

    private TransparentListener(ServerSocketChannel channel) {
        this.channel = channel;
    }

    /**
     * Listens on {@code family}'s loopback address.
     *
     * @param port 0 for any
     * @throws IllegalStateException if that is not possible; its message is for people
     */
    static TransparentListener open(Sockets sockets, EventLoop loop, IpFamily family, int port) {
        ServerSocketChannel channel = sockets.transport().newServerChannel();
        try {
            channel.config().setReuseAddress(true);
            sockets.acceptor().prepare(channel);
            sockets.options().applyTo(channel);
            channel.pipeline()
                    .addLast(new AcceptHandler(
                            accepted -> sockets.acceptor().accept(accepted, loop), sockets.budget(), sockets.pauses()));
            loop.register(channel).syncUninterruptibly();
            channel.bind(new InetSocketAddress(loopback(family), port)).syncUninterruptibly();
            return new TransparentListener(channel);
        } catch (RuntimeException failure) {
            if (channel.isRegistered()) {
                channel.close();
            } else {
                channel.unsafe().closeForcibly();
            }
            throw new IllegalStateException(
                    "cannot listen for captured " + family.kubernetesName() + " connections: " + failure.getMessage(),
                    failure);
        }
    }

    ServerSocketChannel channel() {
        return channel;
    }

    /** The port it listens on. */
    int port() {
        return channel.localAddress().getPort();
    }

    /** Stops listening; returns when the kernel knows. */
    void close() {
        channel.close().syncUninterruptibly();
    }

    private static InetAddress loopback(IpFamily family) {
        byte[] address = new byte[family.addressBits() / Byte.SIZE];
        if (family == IpFamily.IPV4) {
            address[0] = 127;
        }
        address[address.length - 1] = 1;
        return IpAddresses.ofBytes(address);
    }
}
