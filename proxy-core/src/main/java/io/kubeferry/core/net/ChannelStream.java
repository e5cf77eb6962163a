package io.kubeferry.core.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.unix.Socket;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/**
 * A stream over one of Netty's channels, where the JDK has the sockets.
 *
 * <p>Writes use void promises, which cost no allocation; a write that fails comes back as {@code exceptionCaught}.
 *
 * <p>Threading: as {@link TcpStream}.
 */
final class ChannelStream extends TcpStream {
    private static final WriteBufferWaterMark WATERMARKS = new WriteBufferWaterMark(LOW_WATERMARK, HIGH_WATERMARK);
    /** Named, since Netty makes up a name else, for which it looks into maps of weak references. */
    private static final String HANDLER = "stream";

    private final SocketChannel channel;
    /** Whether something is in Netty's queue that waits to be flushed. */
    private boolean isUnflushed;

    private boolean isAccepted;
    private boolean isFinSent;
    private boolean isClosed;

    /** Over {@code channel}, which is not registered yet. */
    ChannelStream(SocketChannel channel) {
        this.channel = channel;
        channel.config().setAutoRead(false);
        channel.config().setAllowHalfClosure(true);
        channel.config().setWriteBufferWaterMark(WATERMARKS);
        channel.pipeline().addLast(HANDLER, new EventsHandler());
    }

    @Override
    public void accept(EventLoop loop, StreamListener listener) {
        isAccepted = true;
        setListener(listener);
        loop.register(channel).addListener(registered -> {
            if (!registered.isSuccess()) {
                close();
            }
        });
    }

    @Override
    public void connect(
            EventLoop loop,
            InetSocketAddress remote,
            @Nullable InetSocketAddress source,
            int timeoutMillis,
            Dial dial) {
        channel.config().setConnectTimeoutMillis(timeoutMillis);
        loop.register(channel).addListener(registered -> {
            if (!registered.isSuccess()) {
                failed(dial, registered.cause());
                return;
            }
            ChannelFuture attempt = source == null ? channel.connect(remote) : channel.connect(remote, source);
            attempt.addListener(connected -> {
                if (!connected.isSuccess()) {
                    failed(dial, connected.cause());
                } else if (!isClosed) {
                    dial.connected();
                }
            });
        });
    }

    private void failed(Dial dial, Throwable cause) {
        if (!isClosed) {
            close();
            dial.failed(cause);
        }
    }

    @Override
    public EventLoop eventLoop() {
        return channel.eventLoop();
    }

    @Override
    public @Nullable InetSocketAddress localAddress() {
        return channel.localAddress();
    }

    @Override
    public @Nullable InetSocketAddress remoteAddress() {
        return channel.remoteAddress();
    }

    @Override
    public boolean isOpen() {
        return channel.isOpen();
    }

    @Override
    public void resumeReading() {
        channel.config().setAutoRead(true);
    }

    @Override
    public void pauseReading() {
        channel.config().setAutoRead(false);
    }

    @Override
    public boolean isReading() {
        return channel.config().isAutoRead();
    }

    @Override
    public boolean isInputEnded() {
        return channel.isInputShutdown();
    }

    @Override
    public void write(ByteBuf bytes) {
        isUnflushed = true;
        channel.write(bytes, channel.voidPromise());
    }

    @Override
    public void flush() {
        isUnflushed = false;
        channel.flush();
    }

    @Override
    public boolean isWritable() {
        return channel.isWritable();
    }

    @Override
    public long unwrittenBytes() {
        ChannelOutboundBuffer queue = channel.unsafe().outboundBuffer();
        return queue == null ? 0 : queue.totalPendingWriteBytes();
    }

    @Override
    public boolean isWritten() {
        // Netty's queue calls itself empty if nothing in it is flushed.
        ChannelOutboundBuffer queue = channel.unsafe().outboundBuffer();
        return !isUnflushed && (queue == null || queue.isEmpty());
    }

    @Override
    public void whenWritten(Runnable action) {
        if (isOpen() && isWritten()) {
            action.run();
            return;
        }
        isUnflushed = false;
        // The empty write completes when everything before it has been taken by the kernel.
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
            if (written.isSuccess()) {
                action.run();
            }
            // A failed write comes as a failure of the stream.
        });
    }

    @Override
    public void sendFin() throws IOException {
        Future<Void> sent = channel.shutdownOutput();
        if (!sent.isSuccess()) {
            throw new IOException("no FIN could be sent", sent.cause());
        }
        isFinSent = true;
        // Nothing is left to be sent, so the peer's FIN may close it. Else Netty tells the kernel that no more is read,
        // which the
        // kernel refuses after both FINs: a system call and an exception each time.
        channel.config().setAllowHalfClosure(false);
    }

    @Override
    public void close() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        if (channel.isRegistered()) {
            channel.close();
        } else {
            channel.unsafe().closeForcibly();
        }
    }

    @Override
    void lasts() {
        // Nothing is held for reading.
    }

    @Override
    public <T> void set(ChannelOption<T> option, T value) {
        channel.config().setOption(option, value);
    }

    @Override
    @Nullable
    Socket socket() {
        return null;
    }

    @Override
    public String toString() {
        return channel.toString();
    }

    /** Tells the listener what Netty tells. */
    private final class EventsHandler extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext context) {
            if (isAccepted) {
                listener().opened();
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            if (isClosed) {
                bytes.release();
            } else {
                listener().read(bytes);
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            if (!isClosed) {
                listener().readComplete();
            }
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            if (!isClosed && channel.isWritable()) {
                listener().writableAgain();
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (!isClosed && event == ChannelInputShutdownEvent.INSTANCE) {
                listener().inputEnded();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            if (!isClosed) {
                listener().failed(cause);
            }
        }

        /** Netty has closed the channel: for its FIN, as {@link #sendFin} wants it, or for a reset. */
        @Override
        public void channelInactive(ChannelHandlerContext context) {
            if (isClosed) {
                return;
            }
            if (isFinSent) {
                listener().inputEnded();
            } else {
                listener().failed(new ClosedChannelException());
            }
        }
    }
}
