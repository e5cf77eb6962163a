package io.kubeferry.agent.options;

import java.time.Duration;
import java.util.Optional;

/**
 * How connections are made and ended. Immutable.
 *
 * @param connectTimeout for one attempt while another endpoint is untried
 * @param connectAttempts how many endpoints are tried before the client is reset
 * @param drainTimeout how long connections may finish after SIGTERM
 * @param idleTimeout after how long without a byte a connection is closed; empty means never
 */
public record ConnectionOptions(
        Duration connectTimeout, int connectAttempts, Duration drainTimeout, Optional<Duration> idleTimeout) {
    private static final Duration MIN_TIMEOUT = Duration.ofMillis(1);
    private static final Duration MAX_CONNECT_TIMEOUT = Duration.ofMinutes(5);
    private static final int MAX_CONNECT_ATTEMPTS = 10;

    /** What holds where nobody said. */
    public static final ConnectionOptions DEFAULT =
            new ConnectionOptions(Duration.ofSeconds(1), 3, Duration.ofSeconds(30), Optional.empty());

    /** Checks the ranges. */
    public ConnectionOptions {
        if (connectTimeout.compareTo(MIN_TIMEOUT) < 0 || connectTimeout.compareTo(MAX_CONNECT_TIMEOUT) > 0) {
            throw new InvalidOption("--connect-timeout", GoDuration.format(connectTimeout), "1ms..5m");
        }
        if (connectAttempts < 1 || connectAttempts > MAX_CONNECT_ATTEMPTS) {
            throw new InvalidOption("--connect-attempts", connectAttempts, "1.." + MAX_CONNECT_ATTEMPTS);
        }
        if (drainTimeout.isNegative()) {
            throw new InvalidOption("--drain-timeout", GoDuration.format(drainTimeout), "0 or more");
        }
        idleTimeout.ifPresent(timeout -> {
            if (timeout.compareTo(MIN_TIMEOUT) < 0) {
                throw new InvalidOption("--idle-timeout", GoDuration.format(timeout), "1ms or more, or 0 for none");
            }
        });
    }
}
