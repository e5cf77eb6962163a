package io.kubeferry.agent.sync;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.kubeferry.core.observe.Ticker;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one piece of work again and again on a thread of its own, as often as a {@link Pacing} allows and demands.
 * A request after a quiet time is answered at once; a burst of them becomes one run.
 *
 * <p>Threading: {@link #request} from any thread; {@link #start} and {@link #close} once each. The work only ever runs on
 * the runner's thread, and nothing it throws ends that thread.
 */
final class PacedRunner implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(PacedRunner.class);
    /** How long a run under way may go on when the process ends. */
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(5);

    /** What is run. */
    @FunctionalInterface
    interface Work {
        /** Throws whatever went wrong; it is then run again after the retry interval. */
        void run() throws Exception;
    }

    private final Work work;
    private final Pacing pacing;
    private final Ticker ticker;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    @GuardedBy("lock")
    private final Pace pace;

    @GuardedBy("lock")
    private boolean closed;

    /** Runner thread only: what the last run failed with; empty after a good one. */
    private String lastFailure = "";

    PacedRunner(String threadName, Work work, Pacing pacing, Ticker ticker) {
        this.work = work;
        this.pacing = pacing;
        this.ticker = ticker;
        pace = new Pace(pacing, ticker.nanos());
        thread = Thread.ofPlatform().daemon().name(threadName).unstarted(this::loop);
    }

    void start() {
        thread.start();
    }

    /** Asks for a run that starts after this call. */
    void request() {
        lock.lock();
        try {
            pace.requested();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Looks at the clock again, for tests that turned it. */
    void clockTurned() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Whether the thread has nothing to do at this moment of the clock, for tests. */
    boolean isWaiting() {
        lock.lock();
        try {
            return lock.hasWaiters(changed);
        } finally {
            lock.unlock();
        }
    }

    /** No run starts after this; one that is under way is waited for, but not for ever. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            thread.join(CLOSE_WAIT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void loop() {
        while (awaitTurn()) {
            boolean succeeded = runOnce();
            lock.lock();
            try {
                if (succeeded) {
                    pace.succeeded(ticker.nanos());
                } else {
                    pace.failed(ticker.nanos());
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /** Waits until a run is due; false once closed. */
    private boolean awaitTurn() {
        lock.lock();
        try {
            while (!closed) {
                long nanos = pace.nanosUntilDue(ticker.nanos());
                if (nanos <= 0) {
                    pace.started();
                    return true;
                }
                awaitChange(nanos);
            }
            return false;
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    @SuppressWarnings({"WaitNotInLoop", "ResultOfMethodCallIgnored"}) // The caller's loop looks at the clock again.
    private void awaitChange(long nanos) {
        try {
            changed.await(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            // Nobody has a reason to interrupt this thread, and a stray interrupt must not end it.
            log.debug("An interrupt was ignored thread={}", thread.getName());
        }
    }

    private boolean runOnce() {
        try {
            work.run();
            if (!lastFailure.isEmpty()) {
                log.info("A run works again thread={}", thread.getName());
                lastFailure = "";
            }
            return true;
        } catch (Throwable failure) {
            report(failure);
            return false;
        }
    }

    private void report(Throwable failure) {
        String reason = failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
        if (reason.equals(lastFailure)) {
            log.debug("A run failed again thread={}", thread.getName(), failure);
            return;
        }
        lastFailure = reason;
        log.warn(
                "A run failed and will be repeated thread={} within={} reason={}",
                thread.getName(),
                pacing.retryInterval(),
                reason);
        log.debug("The failure in full thread={}", thread.getName(), failure);
    }
}
