package io.kubeferry.agent.sync;

import io.kubeferry.core.model.IpFamily;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** A {@link SyncHealth} under a clock that tests turn, for other packages. */
public final class SyncFixture {
    private final AtomicLong nanos = new AtomicLong();
    private final SyncHealth health;

    public SyncFixture(Instant start) {
        health = new SyncHealth(Duration.ofSeconds(60), nanos::get, () -> start.plusNanos(nanos.get()));
    }

    public SyncHealth health() {
        return health;
    }

    public void bothFamiliesUpdated() {
        health.updated(IpFamily.IPV4);
        health.updated(IpFamily.IPV6);
    }

    public void ipv6Queued() {
        health.queued(IpFamily.IPV6);
    }

    public void turnClock(Duration by) {
        nanos.addAndGet(by.toNanos());
    }
}
