package io.kubeferry.agent.accesslog;

import java.time.Duration;

/**
 * When to tell of trouble that goes on: at once, and then more and more rarely. Trouble after a long time without is told
 * at once again. Confined to one thread.
 */
final class ReportPace {
    private static final long FIRST_NANOS = Duration.ofSeconds(10).toNanos();
    private static final long LONGEST_NANOS = Duration.ofMinutes(10).toNanos();

    private boolean toldBefore;
    private long lastNanos;
    private long pauseNanos;

    /** Whether to tell now, at {@code nowNanos}, that there is trouble. */
    boolean isDue(long nowNanos) {
        long since = nowNanos - lastNanos;
        if (toldBefore && since < pauseNanos) {
            return false;
        }
        boolean beginsAnew = !toldBefore || since > 2 * LONGEST_NANOS;
        pauseNanos = beginsAnew ? FIRST_NANOS : Math.min(2 * pauseNanos, LONGEST_NANOS);
        lastNanos = nowNanos;
        toldBefore = true;
        return true;
    }
}
