package io.kubeferry.core.net;

import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The data plane's event loops: threads that carry bytes and never block. Thread-safe. */
public final class EventLoops implements AutoCloseable {
    private final Transport transport;
    private final IoEventLoopGroup group;
    private final List<EventLoop> loops = new ArrayList<>();

    /** Starts {@code count} event loops on {@code transport}. */
    public EventLoops(Transport transport, int count) {
        this.transport = transport;
        group = new MultiThreadIoEventLoopGroup(
                count, new DefaultThreadFactory("kubeferry-loop"), transport.newIoHandlerFactory());
        group.forEach(executor -> loops.add((EventLoop) executor));
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
