package io.kubeferry.core.listener;

import io.kubeferry.core.observe.Ticker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts how often listeners stopped accepting for want of room, and says so once in a while. Thread-safe. */
final class AcceptPauses {
    private static final Logger LOG = LoggerFactory.getLogger(AcceptPauses.class);
    private static final long WARN_PERIOD_NANOS = Duration.ofSeconds(10).toNanos();

    private final Ticker ticker;
    private final LongAdder count = new LongAdder();
    private final AtomicLong lastWarningNanos;

    AcceptPauses(Ticker ticker) {
        this.ticker = ticker;
        this.lastWarningNanos = new AtomicLong(ticker.nanos() - WARN_PERIOD_NANOS);
    }

    long count() {
        return count.sum();
    }

    void paused(String reason) {
        count.increment();
        long last = lastWarningNanos.get();
        long now = ticker.nanos();
        if (now - last >= WARN_PERIOD_NANOS && lastWarningNanos.compareAndSet(last, now)) {
            LOG.warn("accepting is paused, new connections wait in the kernel: {} pauses={}", reason, count.sum());
        }
    }
}
