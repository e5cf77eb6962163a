package io.kubeferry.agent.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes a connection that takes too long over what it is at, however busily it drips bytes. Event loop only; one per
 * connection.
 *
 * <pre>
 *  connected ─► RECEIVING ◄── first byte ─── IDLE
 *                   │                         ▲
 *                   ▼                         │
 *               ANSWERING ── answered ────────┘
 *                   │
 *                   └── last answer ─► PARTING ─► closed
 * </pre>
 */
@SuppressWarnings("FutureReturnValueIgnored") // Whatever becomes of a close, the connection is over.
final class ConnectionDeadline extends ChannelInboundHandlerAdapter {
    /** How long the client may take to read a last answer and hang up. */
    private static final Duration PARTING_TIME = Duration.ofSeconds(2);

    private enum Phase {
        RECEIVING,
        ANSWERING,
        IDLE,
        PARTING
    }

    private final HttpLimits limits;
    private Phase phase = Phase.RECEIVING;
    /** Null before the connection is up. */
    private @Nullable ChannelHandlerContext context;
    /** Null before the connection is up. */
    private @Nullable Future<?> deadline;

    ConnectionDeadline(HttpLimits limits) {
        this.limits = limits;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        context = ctx;
        enter(Phase.RECEIVING);
        ctx.fireChannelActive();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (phase == Phase.IDLE) {
            enter(Phase.RECEIVING);
        }
        ctx.fireChannelRead(message);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        cancel();
        ctx.fireChannelInactive();
    }

    /** A request is complete. */
    void answering() {
        enter(Phase.ANSWERING);
    }

    /** Its answer is written. */
    void answered() {
        enter(Phase.IDLE);
    }

    /** The last answer is written. */
    void parting() {
        enter(Phase.PARTING);
    }

    private void enter(Phase next) {
        phase = next;
        cancel();
        ChannelHandlerContext ctx = context;
        if (ctx != null && ctx.channel().isActive()) {
            deadline =
                    ctx.executor().schedule((Runnable) ctx::close, timeFor(next).toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private Duration timeFor(Phase next) {
        return switch (next) {
            case RECEIVING -> limits.requestTime();
            case ANSWERING -> limits.answerTime();
            case IDLE -> limits.idleTime();
            case PARTING -> PARTING_TIME;
        };
    }

    private void cancel() {
        if (deadline != null) {
            deadline.cancel(false);
        }
    }
}
