package io.kubeferry.core.listener;

import io.kubeferry.core.net.EventLoops;
import io.kubeferry.core.net.Transport;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The kernel's queues of connections that clients have made and nobody has accepted yet. Whoever closes a listener resets
 * what waits in its queue, and when the machine is busy that is many, so a process that stops empties the queues before.
 */
final class AcceptQueues {
    /** One turn would do; with io_uring what was accepted may be told a turn later. */
    private static final int QUIET_TURNS = 2;

    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private AcceptQueues() {}

    /**
     * Lets {@code listeners} take no more connections into their queues, where {@code transport} can do that, and returns
     * when what is in them was accepted, or when that takes too long. New SYNs are dropped meanwhile. Not for event loops.
     *
     * @param accepted the number of connections that were accepted so far
     */
    static void empty(
            Collection<ServerSocketChannel> listeners, Transport transport, EventLoops loops, LongSupplier accepted) {
        if (listeners.isEmpty()) {
            return;
        }
        listeners.forEach(transport::stopQueueing);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        long before = accepted.getAsLong();
        for (int quiet = 0; quiet < QUIET_TURNS && System.nanoTime() < deadline; ) {
            takeATurn(loops);
            long now = accepted.getAsLong();
            quiet = now == before ? quiet + 1 : 0;
            before = now;
        }
    }

    /**
     * Has every loop look at its sockets. What a loop is handed it may run among other tasks, also if it was for later and is
     * due by then; what it schedules itself it runs after the next look.
     */
    private static void takeATurn(EventLoops loops) {
        List<Promise<Void>> turns = new ArrayList<>();
        for (EventLoop loop : loops.all()) {
            Promise<Void> turn = loop.newPromise();
            turns.add(turn);
            loop.execute(() -> loop.schedule(() -> turn.setSuccess(null), 1, TimeUnit.MILLISECONDS));
        }
        turns.forEach(Future::awaitUninterruptibly);
    }
}
