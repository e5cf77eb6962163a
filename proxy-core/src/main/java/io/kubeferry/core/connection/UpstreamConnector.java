package io.kubeferry.core.connection;

import io.kubeferry.core.model.Endpoint;
import io.kubeferry.core.net.Dial;
import io.kubeferry.core.net.SocketFailure;
import io.kubeferry.core.net.TcpStream;
import io.kubeferry.core.net.TransparentSockets;
import io.kubeferry.core.routing.SourceAddress;
import io.netty.channel.ChannelException;
import io.netty.channel.EventLoop;
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
        void connected(TcpStream upstream);

        /** What followed from {@link #connected} failed, by a mistake of ours; the upstream is closed. */
        void mistaken(RuntimeException mistake);

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
    private final Target target;
    private final int timeoutMillis;
    private final EventLoop loop;
    private final Listener listener;
    /** Null before the attempt starts, and where not even a socket could be had. */
    private @Nullable TcpStream stream;
    /** Null where the kernel chooses. */
    private @Nullable InetSocketAddress source;

    private int portsTried;

    /** An attempt to reach {@code target} from {@code loop} within {@code timeoutMillis}. */
    UpstreamConnector(ConnectionContext context, Target target, int timeoutMillis, EventLoop loop, Listener listener) {
        this.context = context;
        this.target = target;
        this.timeoutMillis = timeoutMillis;
        this.loop = loop;
        this.listener = listener;
    }

    void start() {
        TcpStream upstream;
        try {
            upstream = context.transport().newStream(target.endpoint().address());
        } catch (ChannelException noSocket) {
            listener.failed(SocketFailure.of(noSocket));
            return;
        }
        stream = upstream;
        try {
            source = source(upstream);
        } catch (ChannelException notAllowed) {
            upstream.close();
            listener.failed(SocketFailure.of(notAllowed));
            return;
        }
        upstream.connect(loop, target.address(), source, timeoutMillis, new Attempt(upstream));
    }

    private @Nullable InetSocketAddress source(TcpStream upstream) {
        return context.sources().isEmpty()
                ? null
                : context.sources()
                        .get()
                        .prepare(upstream, target.allowed(), target.client(), target.endpoint(), portsTried);
    }

    /** Gives up: the listener hears no more. */
    void cancel() {
        if (stream != null) {
            stream.close();
        }
    }

    /** Whether it was a port that we chose ourselves, in use between these two. */
    private boolean isPortTaken(SocketFailure failure) {
        InetSocketAddress chosen = source;
        return chosen != null
                && chosen.getPort() != TransparentSockets.ANY_PORT
                && (failure == SocketFailure.ADDRESS_IN_USE || failure == SocketFailure.ADDRESS_NOT_AVAILABLE);
    }

    /** Hears of one stream, unless it is closed before. */
    private final class Attempt implements Dial {
        private final TcpStream upstream;

        Attempt(TcpStream upstream) {
            this.upstream = upstream;
        }

        @Override
        public void connected() {
            try {
                listener.connected(upstream);
            } catch (RuntimeException mistake) {
                // The event loop knows of no client that waits.
                upstream.reset();
                listener.mistaken(mistake);
            }
        }

        @Override
        public void failed(Throwable cause) {
            LOG.debug("cannot connect {} to {}", upstream, target, cause);
            SocketFailure failure = SocketFailure.of(cause);
            if (isPortTaken(failure) && ++portsTried < MAX_PORTS_TRIED) {
                start();
            } else {
                listener.failed(failure);
            }
        }
    }
}
