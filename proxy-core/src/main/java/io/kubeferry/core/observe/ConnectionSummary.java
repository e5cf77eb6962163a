package io.kubeferry.core.observe;

import io.kubeferry.core.model.ServicePortName;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;

/**
 * What became of one connection that has ended. Immutable.
 *
 * @param portLabel the port's name, or its number where it has none
 * @param listener the address that the client connected to
 * @param endpoint the one connected, or else the last one tried; empty where none was
 * @param attempts how many endpoints were tried
 * @param connectTime what the successful attempt took; empty where there was none
 * @param duration from accept to end
 */
public record ConnectionSummary(
        ServicePortName servicePort,
        String portLabel,
        InetSocketAddress client,
        InetSocketAddress listener,
        Optional<InetSocketAddress> endpoint,
        int attempts,
        Optional<Duration> connectTime,
        Duration duration,
        long bytesToEndpoint,
        long bytesToClient,
        CloseReason reason) {}
