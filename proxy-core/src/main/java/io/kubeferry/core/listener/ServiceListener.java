package io.kubeferry.core.listener;

import io.kubeferry.core.connection.ConnectionAcceptor;
import io.kubeferry.core.connection.ConnectionBudget;
import io.kubeferry.core.net.EventLoops;
import io.kubeferry.core.net.SocketFailure;
import io.kubeferry.core.net.Transport;
import io.kubeferry.core.routing.ListenAddress;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ServerSocketChannel;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One socket that listens at one address. What its connections are for is not its business.
 *
 * <pre>
 *   NEW ── bind ──► LISTENING ── close ──► CLOSED
 *    │ ▲                                     ▲
 *    ▼ │ bind again                          │
 *   FAILED ────────── close ─────────────────┘
 * </pre>
 *
 * <p>Threading: confined to whoever holds the reconciler's lock; futures complete on event loops.
 */
final class ServiceListener {
    private final ListenAddress address;
    private final Sockets sockets;
    /** The listening channel; null unless bound. */
    private @Nullable ServerSocketChannel channel;

    /**
     * What listeners are made of. Immutable; its parts are thread-safe.
     *
     * @param shared whether another process may listen at the same addresses at the same time
     */
    record Sockets(
            Transport transport,
            EventLoops loops,
            ConnectionAcceptor acceptor,
            ConnectionBudget budget,
            AcceptPauses pauses,
            boolean shared) {}

    ServiceListener(ListenAddress address, Sockets sockets) {
        this.address = address;
        this.sockets = sockets;
    }

    /** The listening channel. */
    Optional<ServerSocketChannel> channel() {
        return Optional.ofNullable(channel);
    }

    boolean isListening() {
        return channel != null;
    }

    /** Begins to bind; the future tells what went wrong, if anything, and never fails itself. */
    CompletableFuture<Optional<SocketFailure>> bind() {
        CompletableFuture<Optional<SocketFailure>> result = new CompletableFuture<>();
        ServerSocketChannel candidate;
        try {
            candidate = sockets.transport().newServerChannel();
        } catch (ChannelException noSocket) {
            result.complete(Optional.of(SocketFailure.of(noSocket)));
            return result;
        }
        candidate.config().setReuseAddress(true);
        if (sockets.shared()) {
            candidate.config().setOption(sockets.transport().reusePort(), true);
        }
        sockets.acceptor().prepare(candidate);
        candidate.pipeline().addLast(new AcceptHandler(sockets.acceptor()::accept, sockets.budget(), sockets.pauses()));
        sockets.loops().register(sockets.loops().next(), candidate).addListener(registered -> {
            if (registered.isSuccess()) {
                candidate
                        .bind(address.socketAddress())
                        .addListener((ChannelFuture bound) -> result.complete(outcome(bound)));
            } else {
                candidate.unsafe().closeForcibly();
                result.complete(Optional.of(SocketFailure.of(registered.cause())));
            }
        });
        return result.thenApply(failure -> {
            channel = failure.isEmpty() ? candidate : null;
            return failure;
        });
    }

    /** Stops listening; the future completes when the kernel refuses connections. */
    CompletableFuture<Void> close() {
        ServerSocketChannel listening = channel;
        channel = null;
        CompletableFuture<Void> closed = new CompletableFuture<>();
        if (listening == null) {
            closed.complete(null);
        } else {
            EventLoop loop = listening.eventLoop();
            listening.close().addListener(_ -> afterNextTurn(loop, () -> closed.complete(null)));
        }
        return closed;
    }

    /** The JDK's selectors give a closed descriptor back at their next turn only, and until then its queue accepts. */
    private void afterNextTurn(EventLoop loop, Runnable action) {
        if (sockets.transport().releasesAtNextTurn() && !loop.isShuttingDown()) {
            loop.schedule(action, 1, TimeUnit.MILLISECONDS);
        } else {
            action.run();
        }
    }

    private static Optional<SocketFailure> outcome(ChannelFuture bound) {
        if (bound.isSuccess()) {
            return Optional.empty();
        }
        bound.channel().close();
        return Optional.of(SocketFailure.of(bound.cause()));
    }
}
