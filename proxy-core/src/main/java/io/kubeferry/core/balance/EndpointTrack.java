package io.kubeferry.core.balance;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

/**
 * What this process knows of one endpoint of one service port: how many connections it has, and whether it can be
 * connected. It outlives changes of the endpoint's conditions, and the endpoint itself while it has connections.
 *
 * <p>Thread-safe; takes no locks. Times are those of the data plane's ticker.
 */
public final class EndpointTrack {
    private static final Duration SLOW_START = Duration.ofSeconds(30);
    private static final double LEAST_WEIGHT = 0.1;

    private final InetSocketAddress address;
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicReference<Availability> availability;
    private volatile long newSinceNanos;
    private volatile boolean gone;
    private volatile long goneSinceNanos;

    /** Of the endpoint at {@code address}, which is new at {@code nowNanos}. */
    public EndpointTrack(InetSocketAddress address, long nowNanos) {
        this.address = address;
        this.availability = new AtomicReference<>(Availability.initial(nowNanos));
        this.newSinceNanos = nowNanos;
    }

    /** Where the endpoint is. */
    public InetSocketAddress address() {
        return address;
    }

    /** A connection to it is being made. */
    public void connectionBegan() {
        connections.incrementAndGet();
    }

    /** That connection has ended, or could not be made. */
    public void connectionEnded() {
        connections.decrementAndGet();
    }

    /** The connections it has now, those being made included: never an estimate. */
    public int connections() {
        return connections.get();
    }

    /** Whether it gets connections only where there is no other endpoint. */
    public boolean isSetAside() {
        return availability.get().state() != Availability.State.AVAILABLE;
    }

    /**
     * A connection could not be made, by an attempt that began at {@code beganNanos}. Returns whether this has set it
     * aside: then {@link #timeAside} is due a trial.
     */
    public boolean connectFailed(long beganNanos, long nowNanos) {
        return transition(before -> before.afterFailure(beganNanos, nowNanos));
    }

    /** A connection was made. Returns whether this has brought it back. */
    public boolean connected(long nowNanos) {
        // Nearly always it is available: then this is one read.
        if (!isSetAside() || !transition(before -> before.afterSuccess(nowNanos))) {
            return false;
        }
        newSinceNanos = nowNanos;
        return true;
    }

    /** Begins a trial. Returns whether it is due one, that is, whether its time aside is over. */
    public boolean beginTrial(long nowNanos) {
        return !gone && transition(before -> before.onTrial(nowNanos));
    }

    /** The trial has failed. Returns whether it is set aside for it, which is not so if it has come back meanwhile. */
    public boolean trialFailed(long nowNanos) {
        return transition(before -> before.afterTrialFailed(nowNanos));
    }

    /** How long it stays aside before the next trial. */
    public Duration timeAside() {
        return availability.get().timeAside();
    }

    /** Whether the Service has it no longer. */
    public boolean isGone() {
        return gone;
    }

    /** Whether the Service has been without it for {@code time}. */
    public boolean isGoneFor(Duration time, long nowNanos) {
        return gone && nowNanos - goneSinceNanos >= time.toNanos();
    }

    /** The part of a full share of connections that it should get now: little while it is new. At most 1. */
    double weight(long nowNanos) {
        long age = nowNanos - newSinceNanos;
        return age >= SLOW_START.toNanos() ? 1 : Math.max(LEAST_WEIGHT, (double) age / SLOW_START.toNanos());
    }

    /** It has come into a list of endpoints to choose from, in which it was not before. */
    void entered(long nowNanos) {
        newSinceNanos = nowNanos;
    }

    /** The Service has it no longer. */
    void left(long nowNanos) {
        goneSinceNanos = nowNanos;
        gone = true;
    }

    /** The Service has it again; whoever answers there now has nothing to do with what failed before. */
    void returned(long nowNanos) {
        availability.set(Availability.initial(nowNanos));
        gone = false;
    }

    private boolean transition(UnaryOperator<Availability> next) {
        while (true) {
            Availability before = availability.get();
            Availability after = next.apply(before);
            if (after.equals(before)) {
                return false;
            }
            if (availability.compareAndSet(before, after)) {
                return true;
            }
        }
    }

    @Override
    public String toString() {
        return address.toString();
    }
}
