package io.kubeferry.core.model;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How the owner of a Service wants its connections made and ended: the annotations {@code kubeferry.io/*}. Immutable.
 *
 * @param proxyProtocol what endpoints are told of the client before its first byte; empty: nothing
 * @param connectTimeout for one connect attempt; empty: that of the process
 * @param idleTimeout how long a connection may be silent in both directions; empty: that of the process
 * @param maxConnections how many connections each service port may have; empty: only the process has a limit
 * @param setAside whether endpoints that cannot be connected are left out for a while
 */
public record ConnectionRules(
        Balance balance,
        Optional<ProxyProtocol> proxyProtocol,
        Optional<Duration> connectTimeout,
        Optional<Duration> idleTimeout,
        OptionalInt maxConnections,
        EndpointRemoval onEndpointRemoval,
        boolean setAside) {
    /** What holds for a Service without annotations. */
    public static final ConnectionRules DEFAULT = new ConnectionRules(
            Balance.ROUND_ROBIN,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            OptionalInt.empty(),
            new EndpointRemoval.Keep(),
            true);

    /** Checks the numbers. */
    public ConnectionRules {
        connectTimeout.ifPresent(timeout -> requirePositive("connect timeout", timeout));
        idleTimeout.ifPresent(timeout -> requirePositive("idle timeout", timeout));
        maxConnections.ifPresent(max -> {
            if (max < 1) {
                throw new IllegalArgumentException("max connections: " + max + " (expected: >= 1)");
            }
        });
    }

    private static void requirePositive(String what, Duration duration) {
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException(what + ": " + duration + " (expected: > 0)");
        }
    }
}
