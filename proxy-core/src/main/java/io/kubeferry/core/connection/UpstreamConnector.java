package io.kubeferry.core.connection;

import io.kubeferry.core.model.Endpoint;
import io.kubeferry.core.net.SocketFailure;
import io.kubeferry.core.routing.SourceAddress;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt to connect one endpoint.
 *
 * <p>Threading: confined to the event loop of the connection.
 */
final class UpstreamConnector {
    /** Told how the attempt ended, once. Called on the event loop, possibly before {@link #start} returns. */
    interface Listener {
        /** The endpoint answered; whoever takes {@code upstream} closes it. */
        void connected(SocketChannel upstream);

        /** It did not; nothing is left open. */
        void failed(SocketFailure failure);
    }

    /** Whom to connect, for which client, and which source address the client's destination allows. Immutable. */
    record Target(Endpoint endpoint, SourceAddress allowed, InetAddress client) {
        InetSocketAddress address() {
            return new InetSocketAddress(endpoint.address(), endpoint.port());
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(UpstreamConnector.class);
    private static final int MAX_PORTS_TRIED = 32;

    private final ConnectionContext context;
    private final Listener listener;
    /** Null before the attempt starts, and where not even a socket could be had. */
    private @Nullable SocketChannel channel;

    private boolean cancelled;
    private int portsTried;

    UpstreamConnector(ConnectionContext context, Listener listener) {
        this.context = context;
        this.listener = listener;
    }

    void start(Target target, int timeoutMillis, EventLoop loop) {
        SocketChannel upstream;
        try {
            upstream = context.transport().newSocketChannel();
        } catch (ChannelException noSocket) {
            listener.failed(SocketFailure.of(noSocket));
            return;
        }
        channel = upstream;
        InetSocketAddress source;
        try {
            context.tuning().applyToConnecting(upstream, timeoutMillis);
            source = source(upstream, target);
        } catch (ChannelException notAllowed) {
            upstream.unsafe().closeForcibly();
            listener.failed(SocketFailure.of(notAllowed));
            return;
        }
        loop.register(upstream).addListener(registered -> {
            if (registered.isSuccess()) {
                connect(upstream, target, source).addListener((ChannelFuture future) -> {
                    if (!cancelled && isPortTaken(source, future) && ++portsTried < MAX_PORTS_TRIED) {
                        upstream.close();
                        start(target, timeoutMillis, loop);
                    } else {
                        finish(upstream, future);
                    }
                });
            } else {
                fail(SocketFailure.of(registered.cause()));
            }
        });
    }

    private @Nullable InetSocketAddress source(SocketChannel upstream, Target target) {
        return context.sources().isEmpty()
                ? null
                : context.sources().get().prepare(upstream, target.allowed(), target.client(), target.endpoint());
    }

    private static ChannelFuture connect(SocketChannel upstream, Target target, @Nullable InetSocketAddress source) {
        return source == null ? upstream.connect(target.address()) : upstream.connect(target.address(), source);
    }

    /** Whether a port that we chose ourselves is in use between these two. */
    private static boolean isPortTaken(@Nullable InetSocketAddress source, ChannelFuture future) {
        if (source == null || source.getPort() == 0 || future.isSuccess()) {
            return false;
        }
        SocketFailure failure = SocketFailure.of(future.cause());
        return failure == SocketFailure.ADDRESS_IN_USE || failure == SocketFailure.ADDRESS_NOT_AVAILABLE;
    }

    /** Gives up: the listener hears no more. */
    void cancel() {
        cancelled = true;
        if (channel != null) {
            channel.close();
        }
    }

    private void finish(SocketChannel upstream, ChannelFuture future) {
        if (!future.isSuccess()) {
            upstream.close();
            LOG.debug("cannot connect {}", upstream, future.cause());
            fail(SocketFailure.of(future.cause()));
        } else if (cancelled) {
            upstream.close();
        } else {
            listener.connected(upstream);
        }
    }

    private void fail(SocketFailure failure) {
        if (!cancelled) {
            listener.failed(failure);
        }
    }
}
