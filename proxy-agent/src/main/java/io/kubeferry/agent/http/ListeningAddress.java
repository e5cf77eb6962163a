package io.kubeferry.agent.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One address that a server listens on, or would like to. Thread-safe: state is kept on the event loop. */
@SuppressWarnings("FutureReturnValueIgnored") // Binds are observed by their listeners; the rest cannot fail.
final class ListeningAddress {
    private static final Logger log = LoggerFactory.getLogger(ListeningAddress.class);

    private final String siteName;
    private final InetSocketAddress wanted;
    private final EventLoop eventLoop;
    private final boolean shared;
    private final ServerBootstrap bootstrap;
    /** Null while the address could not be bound. */
    private volatile @Nullable Channel channel;

    /** The socket of the last try; null before the first. */
    private volatile @Nullable ServerSocketChannel socket;

    private volatile boolean closed;
    private String lastFailure = "";

    ListeningAddress(
            String siteName,
            InetSocketAddress wanted,
            HttpThreads threads,
            ConnectionInitializer connectionInitializer) {
        this.siteName = siteName;
        this.wanted = wanted;
        this.eventLoop = threads.eventLoop();
        this.shared = threads.sharesAddresses();
        bootstrap = new ServerBootstrap()
                .group(eventLoop)
                .channelFactory(this::newChannel)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(connectionInitializer);
    }

    /** 0.0.0.0 means IPv4 only, which a socket of the JDK's default family would not. */
    private NioServerSocketChannel newChannel() {
        try {
            ServerSocketChannel opened = ServerSocketChannel.open(
                    wanted.getAddress() instanceof Inet4Address
                            ? StandardProtocolFamily.INET
                            : StandardProtocolFamily.INET6);
            opened.setOption(StandardSocketOptions.SO_REUSEPORT, shared);
            socket = opened;
            return new NioServerSocketChannel(opened);
        } catch (IOException e) {
            throw new ChannelException(e.getMessage(), e);
        }
    }

    /** Binds now. Not on the event loop. */
    void bind() throws HttpBindException {
        ChannelFuture bound = bootstrap.bind(wanted).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new HttpBindException(wanted, bound.cause());
        }
        channel = bound.channel();
    }

    /** Binds as soon as it can be done; says so when it cannot, and when it can. Returns after the first try. */
    void bindSometime(Duration retryEvery, Consumer<HttpBindException> trouble) {
        tryBind(retryEvery, trouble).awaitUninterruptibly();
        awaitListeners();
    }

    /** Waits until the event loop has done what it was given so far. */
    private void awaitListeners() {
        eventLoop.submit(() -> {}).awaitUninterruptibly();
    }

    private ChannelFuture tryBind(Duration retryEvery, Consumer<HttpBindException> trouble) {
        ChannelFuture bound = bootstrap.bind(wanted);
        bound.addListener(done -> {
            if (done.isSuccess()) {
                listening(bound.channel());
            } else if (!closed) {
                report(done.cause(), retryEvery, trouble);
                eventLoop.schedule(() -> retry(retryEvery, trouble), retryEvery.toNanos(), TimeUnit.NANOSECONDS);
            }
        });
        return bound;
    }

    private void retry(Duration retryEvery, Consumer<HttpBindException> trouble) {
        if (!closed) {
            tryBind(retryEvery, trouble); // Its listener looks after a failure.
        }
    }

    private void listening(Channel bound) {
        if (closed) {
            bound.close();
            return;
        }
        channel = bound;
        log.info("HTTP server listens site={} address={}", siteName, HttpServer.format((InetSocketAddress)
                bound.localAddress()));
    }

    private void report(Throwable failure, Duration retryEvery, Consumer<HttpBindException> trouble) {
        String reason = HttpBindException.reason(failure);
        if (reason.equals(lastFailure)) {
            return;
        }
        lastFailure = reason;
        log.warn(
                "HTTP server cannot listen and tries again site={} address={} reason={} every={}",
                siteName,
                HttpServer.format(wanted),
                reason,
                retryEvery);
        trouble.accept(new HttpBindException(wanted, failure));
    }

    /** The address in use, with the port the system chose for port 0. */
    Optional<InetSocketAddress> bound() {
        return Optional.ofNullable(channel).map(listening -> (InetSocketAddress) listening.localAddress());
    }

    /** The address is free when this returns. Not on the event loop. */
    void close() {
        closed = true;
        if (eventLoop.isShuttingDown()) {
            return; // The event loop closes what is left.
        }
        // A bind under way ends before this, and its listener sees that it is too late.
        awaitListeners();
        Channel listening = channel;
        if (listening != null) {
            listening.close().awaitUninterruptibly();
            awaitReleased();
        }
    }

    /** The JDK gives a closed descriptor back only at the selector's next turn. */
    private void awaitReleased() {
        ServerSocketChannel closedSocket = socket;
        if (closedSocket != null) {
            while (eventLoop
                    .submit(closedSocket::isRegistered)
                    .awaitUninterruptibly()
                    .getNow()) {
                Thread.onSpinWait();
            }
        }
    }
}
