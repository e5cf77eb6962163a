package io.kubeferry.agent;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * SIGTERM and SIGINT: the first one asks for an end, the second one ends the process at once.
 *
 * <p>The JVM's own handling would run shutdown hooks in no order while connections are still being carried. Thread-safe.
 */
public final class StopSignal {
    private static final int SIGNAL_EXIT_BASE = 128;

    private final CountDownLatch asked = new CountDownLatch(1);
    private final AtomicBoolean first = new AtomicBoolean(true);

    /** Takes over both signals for the rest of the process's life. */
    public static StopSignal install() {
        StopSignal stop = new StopSignal();
        for (String name : new String[] {"TERM", "INT"}) {
            sun.misc.Signal.handle(new sun.misc.Signal(name), signal -> stop.received(signal.getNumber()));
        }
        return stop;
    }

    /** Returns when the first signal has come, or when the thread is interrupted. */
    public void await() {
        try {
            asked.await();
        } catch (InterruptedException alsoAnEnd) {
            Thread.currentThread().interrupt();
        }
    }

    /** Asks for an end as the first signal does, for a reason of this process's own. */
    public void ask() {
        asked.countDown();
    }

    private void received(int number) {
        if (first.compareAndSet(true, false)) {
            asked.countDown();
        } else {
            Runtime.getRuntime().halt(SIGNAL_EXIT_BASE + number);
        }
    }
}
