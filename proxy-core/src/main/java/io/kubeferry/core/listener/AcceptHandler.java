package io.kubeferry.core.listener;

import io.kubeferry.core.connection.ConnectionBudget;
import io.kubeferry.core.net.TcpStream;
import io.kubeferry.core.net.Transport;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Hands accepted connections on, and pauses accepting while there is no room for more: connections then wait in the
 * kernel's queue, and no loop spins on a full table of descriptors.
 *
 * <p>Threading: event loop of the listening channel only.
 */
final class AcceptHandler extends ChannelInboundHandlerAdapter {
    private static final long PAUSE_MILLIS = 100;

    private final Consumer<TcpStream> acceptor;
    private final ConnectionBudget budget;
    private final AcceptPauses pauses;
    private boolean paused;

    AcceptHandler(Consumer<TcpStream> acceptor, ConnectionBudget budget, AcceptPauses pauses) {
        this.acceptor = acceptor;
        this.budget = budget;
        this.pauses = pauses;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object accepted) {
        acceptor.accept(Transport.accepted(accepted));
        if (budget.isExhausted()) {
            pause(context, "the connection budget is used up");
        }
    }

    /** Accepting failed, as a rule because the process has no descriptor left. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        pause(context, String.valueOf(cause.getMessage()));
    }

    private void pause(ChannelHandlerContext context, String reason) {
        if (!paused) {
            paused = true;
            pauses.paused(reason);
            context.channel().config().setAutoRead(false);
            context.executor().schedule(() -> resume(context), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void resume(ChannelHandlerContext context) {
        if (budget.isExhausted()) {
            context.executor().schedule(() -> resume(context), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        } else {
            paused = false;
            context.channel().config().setAutoRead(true);
        }
    }
}
