package io.kubeferry.core.relay;

import io.kubeferry.core.net.EventLoops;
import io.kubeferry.core.net.PipePool;
import io.kubeferry.core.net.SocketWatch;
import io.kubeferry.core.net.Splicing;
import io.kubeferry.core.net.TcpStream;
import io.netty.channel.EventLoop;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/** Chooses the kind of relay that a transport allows: one that may splice, where it can. Thread-safe. */
public final class Relays implements AutoCloseable {
    /** Filled at construction; empty where nothing can be spliced. */
    private final Map<EventLoop, PipePool> pipes = new HashMap<>();

    // Made once, not for every connection.
    private final Function<TcpStream, SocketWatch> watches;

    /** Relays between streams on {@code loops}, each of which lends at most {@code maxPipes} at a time. */
    public Relays(EventLoops loops, int maxPipes) {
        watches = loops::watch;
        if (loops.transport().canSplice()) {
            Splicing splicing = new Splicing();
            loops.all().forEach(loop -> pipes.put(loop, new PipePool(splicing, maxPipes)));
        }
    }

    /** A relay between two streams on one of the loops, not started. */
    public Relay between(TcpStream downstream, TcpStream upstream, RelayListener listener) {
        PipePool ofLoop = pipes.get(downstream.eventLoop());
        return ofLoop == null
                ? new BufferedRelay(downstream, upstream, listener)
                : new SplicingRelay(downstream, upstream, listener, ofLoop, watches);
    }

    /** Closes what is kept open for the next. Called when the loops have ended. */
    @Override
    public void close() {
        pipes.values().forEach(PipePool::close);
    }
}
