package io.kubeferry.core.connection;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Stands in the downstream pipeline until the relay takes over, and keeps what arrives before.
 *
 * <p>Nothing is read on purpose while the endpoint is being connected. But epoll reads to the end once the client has
 * sent a FIN, and a client may well send its request and its FIN at once.
 *
 * <p>Threading: event loop of the channel only.
 */
final class DownstreamHandler extends ChannelInboundHandlerAdapter {
    private final ProxiedConnection connection;
    private final Queue<ByteBuf> heldInput = new ArrayDeque<>(0);
    private boolean inputEnded;
    private boolean discarded;
    /** Null until the handler is in a pipeline. */
    private @Nullable ChannelHandlerContext context;

    DownstreamHandler(ProxiedConnection connection) {
        this.connection = connection;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    @Override
    public void channelActive(ChannelHandlerContext active) {
        connection.begin();
    }

    @Override
    public void channelRead(ChannelHandlerContext reading, Object message) {
        if (discarded) {
            // With io_uring a read may have been under way when the connection ended.
            ReferenceCountUtil.release(message);
        } else {
            heldInput.add((ByteBuf) message);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext triggered, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            inputEnded = true;
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext failed, Throwable cause) {
        connection.downstreamGone();
    }

    @Override
    public void channelInactive(ChannelHandlerContext inactive) {
        connection.downstreamGone();
    }

    /** Passes on what was kept to the handler that the relay has put behind this one, and steps out of its way. */
    void handOver() {
        ChannelHandlerContext next = context;
        if (next == null) {
            return;
        }
        boolean held = !heldInput.isEmpty();
        while (!heldInput.isEmpty()) {
            next.fireChannelRead(heldInput.remove());
        }
        if (held) {
            next.fireChannelReadComplete();
        }
        if (inputEnded) {
            next.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        }
        next.pipeline().remove(this);
    }

    /** Lets go of what was kept, and of what may still come: nobody will ever get it. */
    void discard() {
        discarded = true;
        heldInput.forEach(ByteBuf::release);
        heldInput.clear();
    }
}
