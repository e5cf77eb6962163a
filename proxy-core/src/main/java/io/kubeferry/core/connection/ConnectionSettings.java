package io.kubeferry.core.connection;

import io.kubeferry.core.model.ConnectionRules;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * How connections are made and when they are given up. Immutable.
 *
 * @param connectTimeout for one attempt while another endpoint is untried
 * @param lastConnectTimeout for all attempts together: the last one gets what is left of it
 * @param connectAttempts how many endpoints are tried at most
 * @param idleTimeout how long a connection may be silent in both directions; empty: for ever
 * @param halfClosedTimeout how long a connection may be silent of which one direction has ended
 */
public record ConnectionSettings(
        Duration connectTimeout,
        Duration lastConnectTimeout,
        int connectAttempts,
        Optional<Duration> idleTimeout,
        Duration halfClosedTimeout) {
    /** kube-proxy's CLOSE_WAIT time-out of conntrack. */
    private static final Duration HALF_CLOSED = Duration.ofHours(1);

    private static final Duration ALL_ATTEMPTS = Duration.ofSeconds(10);

    /** Checks the values. */
    public ConnectionSettings {
        requirePositive("connect timeout", connectTimeout);
        requirePositive("last connect timeout", lastConnectTimeout);
        requirePositive("half-closed timeout", halfClosedTimeout);
        idleTimeout.ifPresent(timeout -> requirePositive("idle timeout", timeout));
        if (connectAttempts < 1) {
            throw new IllegalArgumentException("connect attempts: " + connectAttempts + " (expected: >= 1)");
        }
    }

    /** Settings with the fixed limits of kubeferry. */
    public static ConnectionSettings of(Duration connectTimeout, int connectAttempts, Optional<Duration> idleTimeout) {
        Duration all = connectTimeout.compareTo(ALL_ATTEMPTS) > 0 ? connectTimeout : ALL_ATTEMPTS;
        return new ConnectionSettings(connectTimeout, all, connectAttempts, idleTimeout, HALF_CLOSED);
    }

    /** These settings for a service port with {@code rules}. */
    public ConnectionSettings following(ConnectionRules rules) {
        if (rules.connectTimeout().isEmpty() && rules.idleTimeout().isEmpty()) {
            return this;
        }
        Duration attempt = rules.connectTimeout().orElse(connectTimeout);
        return new ConnectionSettings(
                attempt,
                attempt.compareTo(lastConnectTimeout) > 0 ? attempt : lastConnectTimeout,
                connectAttempts,
                rules.idleTimeout().or(() -> idleTimeout),
                halfClosedTimeout);
    }

    /**
     * How long an attempt may take.
     *
     * @param last whether no other endpoint will be tried after this one
     * @param sinceFirstNanos since the first attempt of the connection began
     */
    int attemptTimeoutMillis(boolean last, long sinceFirstNanos) {
        long each = connectTimeout.toMillis();
        if (!last) {
            return millis(each);
        }
        long left = lastConnectTimeout.toMillis() - TimeUnit.NANOSECONDS.toMillis(sinceFirstNanos);
        return millis(Math.max(left, each));
    }

    private static int millis(long millis) {
        return Math.clamp(millis, 1, Integer.MAX_VALUE);
    }

    private static void requirePositive(String what, Duration duration) {
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException(what + ": " + duration + " (expected: > 0)");
        }
    }
}
