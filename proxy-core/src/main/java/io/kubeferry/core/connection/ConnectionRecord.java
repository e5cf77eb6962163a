package io.kubeferry.core.connection;

import io.kubeferry.core.observe.CloseReason;
import io.kubeferry.core.observe.ConnectionLog;
import io.kubeferry.core.observe.ConnectionSummary;
import io.kubeferry.core.observe.RecentConnection;
import io.kubeferry.core.observe.ServicePortStats;
import io.kubeferry.core.relay.Direction;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Notes what happens to one connection, for the status page and for the log of connections where there is one.
 *
 * <p>Threading: event loop of the connection only.
 */
final class ConnectionRecord {
    private final Optional<ConnectionLog> log;
    private final ServicePortStats servicePort;
    private final InetSocketAddress client;
    private final InetSocketAddress listener;
    private int attempts;
    /** Null before the first attempt. */
    private @Nullable InetSocketAddress endpoint;
    /** Null until an endpoint is connected. */
    private @Nullable Duration connectTime;

    private long bytesToEndpoint;
    private long bytesToClient;

    /** Of a connection that {@code client} has made to {@code listener}. */
    ConnectionRecord(
            Optional<ConnectionLog> log,
            ServicePortStats servicePort,
            InetSocketAddress client,
            InetSocketAddress listener) {
        this.log = log;
        this.servicePort = servicePort;
        this.client = client;
        this.listener = listener;
    }

    void attempted(InetSocketAddress next) {
        attempts++;
        endpoint = next;
    }

    void connected(long nanos) {
        connectTime = Duration.ofNanos(nanos);
    }

    void moved(Direction direction, long bytes) {
        switch (direction) {
            case TO_ENDPOINT -> bytesToEndpoint += bytes;
            case TO_CLIENT -> bytesToClient += bytes;
        }
    }

    /** The connection has ended, at {@code nowNanos} of the data plane's ticker. */
    void ended(CloseReason reason, long lifetimeNanos, long nowNanos) {
        ConnectionSummary summary = new ConnectionSummary(
                servicePort.name(),
                servicePort.portLabel(),
                client,
                listener,
                Optional.ofNullable(endpoint),
                attempts,
                Optional.ofNullable(connectTime),
                Duration.ofNanos(lifetimeNanos),
                bytesToEndpoint,
                bytesToClient,
                reason);
        servicePort.remember(new RecentConnection(nowNanos, summary));
        log.ifPresent(listening -> listening.ended(summary));
    }
}
