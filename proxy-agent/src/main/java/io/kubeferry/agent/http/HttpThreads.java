package io.kubeferry.agent.http;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The event loop and the worker that all HTTP servers of the process share, and whether their addresses are shared too. NIO on purpose: it needs no native code, and
 * nothing here is worth the data plane's loops. Thread-safe.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A task handed over has a handler for what goes wrong in it.
public final class HttpThreads implements AutoCloseable {
    /** Work that waits beyond this is refused with a 503: one worker, and scrapes come every few seconds. */
    private static final int MAX_WAITING = 32;

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("kubeferry-http", true), NioIoHandler.newFactory());
    private final ThreadPoolExecutor worker = new ThreadPoolExecutor(
            1,
            1,
            30,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MAX_WAITING),
            new DefaultThreadFactory("kubeferry-http-worker", true));

    private final boolean sharesAddresses;

    /** Starts no thread before the first server. */
    public HttpThreads() {
        this(false);
    }

    /** The same, for servers that let another process listen at their addresses at the same time. */
    public HttpThreads(boolean sharesAddresses) {
        this.sharesAddresses = sharesAddresses;
        worker.allowCoreThreadTimeOut(true);
    }

    EventLoop eventLoop() {
        return group.next();
    }

    boolean sharesAddresses() {
        return sharesAddresses;
    }

    Executor worker() {
        return worker;
    }

    /** Ends both threads and every server that is still open. */
    @Override
    public void close() {
        worker.shutdownNow();
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
