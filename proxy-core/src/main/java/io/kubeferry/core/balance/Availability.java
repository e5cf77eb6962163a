package io.kubeferry.core.balance;

import java.time.Duration;

/**
 * Whether an endpoint takes its part of new connections, and since when. Immutable.
 *
 * <pre>
 *   AVAILABLE ── cannot be connected ──► SET_ASIDE ── time is up ──► ON_TRIAL
 *     ▲  ▲                                 │  ▲                        │  │
 *     │  └─────────── connected ───────────┘  └──────── failed ────────┘  │
 *     └────────────────────────────── connected ──────────────────────────┘
 * </pre>
 *
 * @param failures how often in a row it has been set aside; once available for the longest time aside it begins anew
 * @param sinceNanos when it came into this state
 */
record Availability(State state, int failures, long sinceNanos) {
    /** The time aside after the first failure; it doubles with each one that follows. */
    static final Duration SHORTEST_TIME_ASIDE = Duration.ofSeconds(1);

    /** However often an endpoint fails, it is tried again after this time. */
    static final Duration LONGEST_TIME_ASIDE = Duration.ofSeconds(30);

    private static final int DOUBLINGS = 5;

    enum State {
        /** It gets its part. */
        AVAILABLE,
        /** It gets connections only where there is no other endpoint. */
        SET_ASIDE,
        /** As {@link #SET_ASIDE}, and a connection without a client is finding out whether it answers again. */
        ON_TRIAL
    }

    /** That of an endpoint nobody has tried yet. */
    static Availability initial(long nowNanos) {
        return new Availability(State.AVAILABLE, 0, nowNanos);
    }

    /** A client's connection could not be made, by an attempt that began at {@code beganNanos}. */
    Availability afterFailure(long beganNanos, long nowNanos) {
        return switch (state) {
            // What began before it came back says nothing new.
            case AVAILABLE -> beganNanos - sinceNanos < 0 ? this : aside(nowNanos);
            // Many attempts may have been under way: one failure counts once.
            case SET_ASIDE, ON_TRIAL -> this;
        };
    }

    /** A connection to it was made, by a client or on trial. */
    Availability afterSuccess(long nowNanos) {
        return switch (state) {
            case AVAILABLE -> this;
            case SET_ASIDE, ON_TRIAL -> new Availability(State.AVAILABLE, failures, nowNanos);
        };
    }

    /** A trial begins if the time aside is over. */
    Availability onTrial(long nowNanos) {
        return switch (state) {
            case SET_ASIDE ->
                nowNanos - sinceNanos < timeAside().toNanos()
                        ? this
                        : new Availability(State.ON_TRIAL, failures, nowNanos);
            case AVAILABLE, ON_TRIAL -> this;
        };
    }

    /** The trial has failed. */
    Availability afterTrialFailed(long nowNanos) {
        return switch (state) {
            case ON_TRIAL -> aside(nowNanos);
            case AVAILABLE, SET_ASIDE -> this;
        };
    }

    /** How long it stays aside after that many failures. */
    Duration timeAside() {
        Duration doubled = SHORTEST_TIME_ASIDE.multipliedBy(1L << Math.clamp(failures - 1, 0, DOUBLINGS));
        return doubled.compareTo(LONGEST_TIME_ASIDE) < 0 ? doubled : LONGEST_TIME_ASIDE;
    }

    private Availability aside(long nowNanos) {
        boolean recovered = state == State.AVAILABLE && nowNanos - sinceNanos >= LONGEST_TIME_ASIDE.toNanos();
        return new Availability(State.SET_ASIDE, recovered ? 1 : Math.min(failures, DOUBLINGS) + 1, nowNanos);
    }
}
