package io.kubeferry.core.testing;

import io.kubeferry.core.observe.Ticker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Time that passes only when a test says so. Thread-safe. */
public final class ManualTicker implements Ticker {
    /** Begins close to the overflow, where arithmetic on absolute times goes wrong. */
    private final AtomicLong nanos =
            new AtomicLong(Long.MAX_VALUE - Duration.ofMinutes(1).toNanos());

    @Override
    public long nanos() {
        return nanos.get();
    }

    /** Lets {@code time} pass. */
    public void advance(Duration time) {
        nanos.addAndGet(time.toNanos());
    }
}
