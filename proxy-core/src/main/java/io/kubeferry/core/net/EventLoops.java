package io.kubeferry.core.net;

import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.ThreadAwareExecutor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The data plane's event loops: threads that carry bytes and never block. Thread-safe. */
public final class EventLoops implements AutoCloseable {
    private final Transport transport;
    private final IoEventLoopGroup group;
    private final List<EventLoop> loops = new ArrayList<>();
    /** Those of loops whose sockets can be watched. Filled at construction. */
    private final Map<ThreadAwareExecutor, WatchableIoHandler> watchable = new HashMap<>();

    /** Starts {@code count} event loops on {@code transport}. */
    public EventLoops(Transport transport, int count) {
        this.transport = transport;
        IoHandlerFactory handlers = ForwardingIoHandler.factory(
                transport.newIoHandlerFactory(), (handler, loop) -> remember(loop, handler));
        group = new MultiThreadIoEventLoopGroup(count, new DefaultThreadFactory("kubeferry-loop"), handlers);
        group.forEach(executor -> loops.add((EventLoop) executor));
    }

    private IoHandler remember(ThreadAwareExecutor loop, IoHandler handler) {
        if (handler instanceof WatchableIoHandler ofLoop) {
            watchable.put(loop, ofLoop);
        }
        return handler;
    }

    /**
     * The watch of {@code stream}, which is open and registered with one of these loops, on a transport that {@link
     * Transport#canSplice can splice}. There is one for a stream. That loop only.
     */
    public SocketWatch watch(TcpStream stream) {
        WatchableIoHandler handler = watchable.get(stream.eventLoop());
        if (handler == null) {
            throw new IllegalArgumentException("stream: " + stream + " (expected: on one of these loops)");
        }
        return handler.watch(stream);
    }

    /** Registers {@code listener}, which will be for long, with one of these loops. */
    public ChannelFuture register(EventLoop loop, ServerSocketChannel listener) {
        ChannelFuture registered = loop.register(listener);
        WatchableIoHandler handler = watchable.get(loop);
        if (handler != null) {
            loop.execute(handler::lastingRegistered);
        }
        return registered;
    }

    /** What their sockets are driven by. */
    public Transport transport() {
        return transport;
    }

    /** The loop for the next connection or listener; all take turns. */
    public EventLoop next() {
        return group.next();
    }

    /** Every loop. */
    public List<EventLoop> all() {
        return List.copyOf(loops);
    }

    /** Stops the loops and waits for them. Whatever is still open on them is closed. */
    @Override
    public void close() {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
