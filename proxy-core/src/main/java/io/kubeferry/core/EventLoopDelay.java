package io.kubeferry.core;

import io.kubeferry.core.net.EventLoops;
import io.kubeferry.core.observe.DurationHistogram;
import io.kubeferry.core.observe.Ticker;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * How late event loops are: each is given a small task once a second, and the time from when it was due to when it ran is
 * what a connection waits for the loop, too.
 *
 * <p>Thread-safe.
 */
final class EventLoopDelay implements AutoCloseable {
    private static final long PERIOD_NANOS = Duration.ofSeconds(1).toNanos();

    private final DurationHistogram lateness = new DurationHistogram(
            Duration.ofMillis(1),
            Duration.ofMillis(5),
            Duration.ofMillis(25),
            Duration.ofMillis(100),
            Duration.ofMillis(500),
            Duration.ofSeconds(2));
    private final List<Future<?>> probes = new ArrayList<>();

    /** Looks after {@code loops} until it is closed. */
    EventLoopDelay(EventLoops loops, Ticker ticker) {
        for (EventLoop loop : loops.all()) {
            Probe probe = new Probe(ticker);
            probes.add(loop.scheduleWithFixedDelay(probe, PERIOD_NANOS, PERIOD_NANOS, TimeUnit.NANOSECONDS));
        }
    }

    DurationHistogram.Reading read() {
        return lateness.read();
    }

    @Override
    public void close() {
        probes.forEach(probe -> probe.cancel(false));
    }

    /** One loop's task. Confined to it after its making. */
    private final class Probe implements Runnable {
        private final Ticker ticker;
        private long dueNanos;

        Probe(Ticker ticker) {
            this.ticker = ticker;
            dueNanos = ticker.nanos() + PERIOD_NANOS;
        }

        @Override
        public void run() {
            lateness.record(Math.max(0, ticker.nanos() - dueNanos));
            dueNanos = ticker.nanos() + PERIOD_NANOS;
        }
    }
}
