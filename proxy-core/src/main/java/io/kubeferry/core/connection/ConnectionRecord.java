package io.kubeferry.core.connection;

import io.kubeferry.core.model.Endpoint;
import io.kubeferry.core.observe.CloseReason;
import io.kubeferry.core.observe.ConnectionLog;
import io.kubeferry.core.observe.ConnectionSummary;
import io.kubeferry.core.observe.ServicePortStats;
import io.kubeferry.core.relay.Direction;
import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Notes what happens to one connection, for the log of connections. Made only where there is such a log.
 *
 * <p>Threading: event loop of the connection only.
 */
final class ConnectionRecord {
    private final ConnectionLog log;
    private final ServicePortStats servicePort;
    private final InetSocketAddress client;
    private final InetSocketAddress listener;
    private int attempts;
    /** Null before the first attempt. */
    private @Nullable Endpoint endpoint;
    /** Null until an endpoint is connected. */
    private @Nullable Duration connectTime;

    private long bytesToEndpoint;
    private long bytesToClient;

    ConnectionRecord(ConnectionLog log, ServicePortStats servicePort, SocketChannel downstream) {
        this.log = log;
        this.servicePort = servicePort;
        // Asked now: a socket that is closed tells neither.
        this.client = downstream.remoteAddress();
        this.listener = downstream.localAddress();
    }

    void attempted(Endpoint next) {
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

    void ended(CloseReason reason, long lifetimeNanos) {
        log.ended(new ConnectionSummary(
                servicePort.name(),
                servicePort.portLabel(),
                client,
                listener,
                Optional.ofNullable(endpoint).map(tried -> new InetSocketAddress(tried.address(), tried.port())),
                attempts,
                Optional.ofNullable(connectTime),
                Duration.ofNanos(lifetimeNanos),
                bytesToEndpoint,
                bytesToClient,
                reason));
    }
}
