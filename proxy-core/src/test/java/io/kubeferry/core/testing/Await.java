package io.kubeferry.core.testing;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Waits for a condition instead of a time. */
public final class Await {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long POLL_MILLIS = 5;
    private static final int STEADY_POLLS = 100;

    private Await() {}

    /** Returns when {@code condition} holds; fails when it has not for a minute. */
    public static void until(Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.call()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("the condition did not come to hold within " + PATIENCE);
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
    }

    /** Returns when {@code value} is above zero and has stopped changing for half a second of looking. */
    public static void untilSteady(LongSupplier value) throws Exception {
        long[] last = {value.getAsLong()};
        int[] steady = {0};
        until(() -> {
            long now = value.getAsLong();
            steady[0] = now > 0 && now == last[0] ? steady[0] + 1 : 0;
            last[0] = now;
            return steady[0] >= STEADY_POLLS;
        });
    }
}
