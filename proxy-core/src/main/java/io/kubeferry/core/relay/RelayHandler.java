package io.kubeferry.core.relay;

import io.kubeferry.core.net.HalfClose;
import io.kubeferry.core.net.ImmediateSend;
import io.kubeferry.core.observe.CloseReason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One direction of a {@link BufferedRelay}: what is read on {@code source} is written to {@code sink}.
 *
 * <p>Writes use void promises, which cost no allocation; a write that fails comes back as {@code exceptionCaught} of the
 * sink's own handler.
 *
 * <p>Threading: event loop of the channels only.
 */
final class RelayHandler extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(RelayHandler.class);

    private final BufferedRelay relay;
    private final Direction direction;
    private final SocketChannel source;
    private final SocketChannel sink;
    private long bytesSinceFlush;
    /** What was read first since the last flush, as long as nothing else was; null then. */
    private @Nullable ByteBuf first;

    private boolean inputEnded;
    private boolean suspended;

    RelayHandler(BufferedRelay relay, Direction direction, SocketChannel source, SocketChannel sink) {
        this.relay = relay;
        this.direction = direction;
        this.source = source;
        this.sink = sink;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!relay.isRunning()) {
            ReferenceCountUtil.release(message);
            return;
        }
        ByteBuf bytes = (ByteBuf) message;
        if (bytesSinceFlush == 0) {
            first = bytes;
        } else {
            queueFirst();
            sink.write(bytes, sink.voidPromise());
        }
        bytesSinceFlush += bytes.readableBytes();
        if (!sink.isWritable()) {
            passOn();
            pauseWhileSinkIsFull();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        passOn();
        pauseWhileSinkIsFull();
    }

    /** The sink of the other direction is this handler's source: when it takes bytes again, the other side is read on. */
    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (source.isWritable()) {
            relay.handlerOf(direction.opposite()).readOn();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE && relay.isRunning()) {
            sourceEnded();
        }
    }

    private void sourceEnded() {
        inputEnded = true;
        passOn();
        if (sink.isOpen() && isSettled()) {
            passOnFin();
            return;
        }
        // The empty write completes when everything before it has been taken by the kernel.
        sink.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
            if (written.isSuccess()) {
                passOnFin();
            }
            // A failed write has closed the sink: its own handler ends the relay.
        });
    }

    private void passOnFin() {
        if (relay.hasEnded(direction.opposite())) {
            // Closing sends the FIN too.
            relay.directionEnded(direction);
        } else {
            HalfClose.sendFin(sink).addListener(this::finSent);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        CloseReason reason = RelayFailures.reasonOf(cause, direction);
        if (reason == CloseReason.INTERNAL_ERROR) {
            LOG.warn("a mistake in kubeferry, the connection is reset: direction={}", direction, cause);
        }
        relay.abort(reason);
    }

    /** The channel is closed: by its FIN, as {@link #finSent} wants it, or although not both directions have ended. */
    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (relay.isRunning() && relay.hasEnded(direction.opposite())) {
            sourceEnded();
        } else {
            relay.abort(RelayFailures.resetBySourceOf(direction));
        }
    }

    /** Reads no more until {@link #resume}, except for what is under way. */
    void suspend() {
        suspended = true;
        source.config().setAutoRead(false);
    }

    /** Reads on, after {@link #suspend}. */
    void resume() {
        suspended = false;
        readOn();
    }

    /** Whether the end of the input has been read. */
    boolean isInputEnded() {
        return inputEnded;
    }

    /**
     * Calls {@code settled} when the kernel has taken all that was read. If the input ends or a socket fails before, that takes
     * its course and {@code settled} is never called.
     */
    void whenSettled(Runnable settled) {
        passOn();
        sink.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
            if (!written.isSuccess() || inputEnded || !relay.isRunning()) {
                return;
            }
            if (isSettled()) {
                settled.run();
            } else {
                // A read that was under way has brought more since.
                whenSettled(settled);
            }
        });
    }

    private boolean isSettled() {
        ChannelOutboundBuffer unwritten = sink.unsafe().outboundBuffer();
        return bytesSinceFlush == 0 && (unwritten == null || unwritten.isEmpty());
    }

    private void readOn() {
        if (!suspended && relay.isRunning()) {
            source.config().setAutoRead(true);
        }
    }

    private void passOn() {
        if (!relay.isRunning()) {
            // The other side may have ended the relay between a read and its completion.
            ReferenceCountUtil.release(first);
            first = null;
        } else if (bytesSinceFlush > 0) {
            long bytes = bytesSinceFlush;
            bytesSinceFlush = 0;
            boolean isSent = first != null && sendAtOnce(first);
            queueFirst();
            relay.moved(direction, bytes);
            if (!isSent) {
                sink.flush();
            }
        }
    }

    private boolean sendAtOnce(ByteBuf bytes) {
        ImmediateSend.send(sink, bytes);
        if (bytes.isReadable()) {
            return false;
        }
        first = null;
        bytes.release();
        return true;
    }

    private void queueFirst() {
        ByteBuf bytes = first;
        if (bytes != null) {
            first = null;
            sink.write(bytes, sink.voidPromise());
        }
    }

    private void pauseWhileSinkIsFull() {
        if (!sink.isWritable()) {
            source.config().setAutoRead(false);
        }
    }

    private void finSent(Future<? super Void> sent) {
        if (sent.isSuccess()) {
            // Nothing is left to be sent to the sink, so its FIN may close it. Else Netty tells the kernel that no
            // more is read, which the kernel refuses after both FINs: a system call and an exception each time.
            sink.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, false);
            relay.directionEnded(direction);
        } else {
            // The sink was reset before the FIN could go out.
            relay.abort(RelayFailures.resetBySinkOf(direction));
        }
    }
}
