package io.kubeferry.agent;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks whether the process that this one is to take over from has gone before this one knows the cluster, and has it take
 * over from what that one has left. Looks no more once it has, or has no need to.
 *
 * <p>Threading: a thread of its own runs what it was given; {@link #close} from any thread.
 */
final class Heir implements AutoCloseable {
    /** As often as one looks the other way, whether who came has gone. */
    private static final long LOOK_MILLIS = 200;

    private static final Logger LOG = LoggerFactory.getLogger(Heir.class);

    private final BooleanSupplier needless;
    private final BooleanSupplier alone;
    private final Runnable inherit;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("kubeferry-heir").factory());

    /**
     * One that does not look yet.
     *
     * @param needless whether this process knows the cluster by now
     * @param alone whether the other process has gone
     * @param inherit is run once, if that is so before the cluster is known
     */
    Heir(BooleanSupplier needless, BooleanSupplier alone, Runnable inherit) {
        this.needless = needless;
        this.alone = alone;
        this.inherit = inherit;
    }

    void start() {
        var _ = thread.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** One look. */
    void look() {
        if (needless.getAsBoolean()) {
            thread.shutdown();
        } else if (alone.getAsBoolean()) {
            thread.shutdown();
            try {
                inherit.run();
            } catch (RuntimeException failure) {
                LOG.warn(
                        "what the other process has left is not served before this one knows the cluster: reason={}",
                        failure.toString(),
                        failure);
            }
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
