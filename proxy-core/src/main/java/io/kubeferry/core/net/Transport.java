package io.kubeferry.core.net;

import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import io.netty.channel.unix.UnixChannelOption;
import io.netty.channel.uring.IoUring;
import java.io.IOException;
import java.net.InetAddress;
import java.net.StandardSocketOptions;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * How sockets are driven: the classes that belong together, and why these were chosen. Immutable.
 */
public final class Transport {
    private final String name;
    private final String reason;
    private final Supplier<IoHandlerFactory> ioHandlers;
    private final Supplier<ServerSocketChannel> serverChannels;
    private final Function<InetAddress, TcpStream> streams;
    private final KeepAlive keepAlive;

    private Transport(
            String name,
            String reason,
            Supplier<IoHandlerFactory> ioHandlers,
            Supplier<ServerSocketChannel> serverChannels,
            Function<InetAddress, TcpStream> streams,
            KeepAlive keepAlive) {
        this.name = name;
        this.reason = reason;
        this.ioHandlers = ioHandlers;
        this.serverChannels = serverChannels;
        this.streams = streams;
        this.keepAlive = keepAlive;
    }

    /** Loads what {@link TransportPreference#AUTO} looks for first, which takes a while. */
    public static void prepare() {
        var _ = IoUring.isAvailable();
    }

    /**
     * The transport that {@code preference} asks for.
     *
     * @throws IllegalArgumentException if this host does not have it; the message says why
     */
    public static Transport choose(TransportPreference preference) {
        return switch (preference) {
            case AUTO -> best();
            case EPOLL -> {
                if (!Epoll.isAvailable()) {
                    throw new IllegalArgumentException(
                            "--transport: epoll is not available here: " + why(Epoll.unavailabilityCause()));
                }
                yield epoll("asked for");
            }
            case IO_URING -> {
                if (!IoUring.isAvailable()) {
                    throw new IllegalArgumentException(
                            "--transport: io_uring is not available here: " + why(IoUring.unavailabilityCause()));
                }
                if (!isUringNewEnough()) {
                    throw new IllegalArgumentException(
                            "--transport: this kernel's io_uring is too old (expected: Linux 5.19 or later)");
                }
                yield ioUring("asked for");
            }
            case NIO -> nio("asked for");
        };
    }

    /**
     * The one that costs least, of those that this host has and its container allows. Nobody is the worse for it: what a killed
     * process had under way on io_uring, such as accepting, the kernel ends some milliseconds later than its epoll, which is
     * little beside the time until the next process serves.
     */
    private static Transport best() {
        if (IoUring.isAvailable() && isUringNewEnough()) {
            return ioUring("auto: this host has it");
        }
        String withoutIoUring = IoUring.isAvailable()
                ? "auto: this kernel's io_uring is too old"
                : "auto: io_uring is not available: " + why(IoUring.unavailabilityCause());
        return Epoll.isAvailable()
                ? epoll(withoutIoUring)
                : nio(withoutIoUring + "; nor is epoll: " + why(Epoll.unavailabilityCause()));
    }

    /** Whether it goes on accepting and polling by one request, and tells with a read whether there is more. */
    private static boolean isUringNewEnough() {
        return IoUring.isAcceptMultishotEnabled() && IoUring.isPollAddMultishotEnabled();
    }

    private static Transport epoll(String reason) {
        return new Transport(
                "epoll",
                reason,
                EpollHandler::newFactory,
                EpollServerChannel::new,
                EpollStream::unconnected,
                KeepAlive.NATIVE);
    }

    private static Transport ioUring(String reason) {
        return new Transport(
                "io_uring",
                reason,
                UringHandler::newFactory,
                UringServerChannel::new,
                UringStream::unconnected,
                KeepAlive.NATIVE);
    }

    private static Transport nio(String reason) {
        return new Transport(
                "nio",
                reason,
                NioIoHandler::newFactory,
                NioServerSocketChannel::new,
                _ -> new ChannelStream(new NioSocketChannel()),
                KeepAlive.ofJdk());
    }

    private static String why(Throwable cause) {
        Throwable root = cause;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }

    /** {@code epoll}, {@code io_uring} or {@code nio}. */
    public String name() {
        return name;
    }

    /** Why it was chosen, in words. */
    public String reason() {
        return reason;
    }

    /** Makes the part of an event loop that waits for sockets. */
    public IoHandlerFactory newIoHandlerFactory() {
        return ioHandlers.get();
    }

    /** An unregistered listening channel. */
    public ServerSocketChannel newServerChannel() {
        return serverChannels.get();
    }

    /**
     * A stream to connect to {@code remote} with.
     *
     * @throws io.netty.channel.ChannelException if there is no descriptor left
     */
    public TcpStream newStream(InetAddress remote) {
        return streams.apply(remote);
    }

    /** The stream that a listening channel of this transport tells its pipeline to have {@code accepted}. */
    public static TcpStream accepted(Object accepted) {
        return accepted instanceof TcpStream stream ? stream : new ChannelStream((SocketChannel) accepted);
    }

    /** Whether it is one of Linux' own, so that all options of sockets can be set. */
    public boolean isNative() {
        return keepAlive == KeepAlive.NATIVE;
    }

    /**
     * Lets the kernel drop SYNs to {@code listener} while connections wait to be accepted there, so that the number of them
     * does not grow. Does nothing where a transport does not let us at the socket.
     */
    public void stopQueueing(ServerSocketChannel listener) {
        if (listener instanceof UnixChannel unix && unix.fd() instanceof Socket socket) {
            try {
                // On a socket that listens already, this changes the length of the queue.
                socket.listen(0);
            } catch (IOException closed) {
                // Then nothing is queued any more.
            }
        }
    }

    /** Whether {@link SocketWatch} and {@link KernelPipe} work for its channels, as far as the kernel allows it. */
    public boolean canSplice() {
        // The system call comes with Netty's epoll library, also where io_uring drives the sockets.
        return isNative() && Epoll.isAvailable();
    }

    /** Whether a closed channel keeps its descriptor until the event loop has looked at its sockets once more. */
    public boolean releasesAtNextTurn() {
        return !isNative();
    }

    /** The option with which several sockets may listen at one address. */
    public ChannelOption<Boolean> reusePort() {
        return isNative() ? UnixChannelOption.SO_REUSEPORT : NioChannelOption.of(StandardSocketOptions.SO_REUSEPORT);
    }

    /** How keep-alive times are set on this transport's channels. */
    KeepAlive keepAlive() {
        return keepAlive;
    }
}
