package io.kubeferry.agent.saved;

import java.time.Duration;

/**
 * When the state is written: soon after a change, seldom where nothing changes, and never so often that it costs more than a
 * small part of a core or wears a disk. Not thread-safe; times are those of any one clock, in nanoseconds.
 */
final class WritePace {
    /** At most this often. */
    static final Duration MIN_PAUSE = Duration.ofSeconds(1);
    /** So that writing takes no more than a twentieth of a core, on a machine that has better things to do, too. */
    static final int PAUSE_PER_WRITE = 20;
    /** However slow a write was, as the first one of a process is. */
    static final Duration MAX_PAUSE = Duration.ofSeconds(10);
    /** The time in the file is that of the last write, and a file must stay young while all is well. */
    static final Duration REFRESH = Duration.ofMinutes(2);
    /** After a write that failed. */
    static final Duration RETRY = Duration.ofSeconds(10);

    private boolean changed;
    /** Whether there is a write to count from. */
    private boolean begun;

    private long endedNanos;
    private long pauseNanos;

    /** What was written is out of date. */
    void changed() {
        changed = true;
    }

    /** Whether to write now. */
    boolean isDue(long nowNanos) {
        if (!begun) {
            return changed;
        }
        long since = nowNanos - endedNanos;
        return since >= (changed ? pauseNanos : REFRESH.toNanos());
    }

    /** Whether nothing is to be tried now, since a try failed a moment ago. */
    boolean isResting(long nowNanos) {
        return begun && changed && nowNanos - endedNanos < pauseNanos;
    }

    /** A write begins; changes from now on may not be in it. */
    void begins() {
        changed = false;
    }

    /** It has succeeded, from {@code beganNanos} to {@code nowNanos}. */
    void succeeded(long beganNanos, long nowNanos) {
        end(nowNanos, Math.clamp((nowNanos - beganNanos) * PAUSE_PER_WRITE, MIN_PAUSE.toNanos(), MAX_PAUSE.toNanos()));
    }

    /** It has failed. */
    void failed(long nowNanos) {
        changed = true;
        end(nowNanos, RETRY.toNanos());
    }

    private void end(long nowNanos, long pause) {
        begun = true;
        endedNanos = nowNanos;
        pauseNanos = pause;
    }
}
