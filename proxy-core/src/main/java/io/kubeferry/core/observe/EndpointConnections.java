package io.kubeferry.core.observe;

import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How many connections each endpoint of one service port has now. An endpoint without any takes no room, so nothing has
 * to be cleared when endpoints go, and one that is gone is known for as long as it has connections.
 *
 * <p>Thread-safe. Called once when an endpoint is connected and once when that connection ends, never per byte.
 */
public final class EndpointConnections {
    private final ConcurrentHashMap<InetSocketAddress, Integer> live = new ConcurrentHashMap<>(4);

    void connected(InetSocketAddress endpoint) {
        live.merge(endpoint, 1, Integer::sum);
    }

    void ended(InetSocketAddress endpoint) {
        live.computeIfPresent(endpoint, (_, count) -> count == 1 ? null : Integer.valueOf(count - 1));
    }

    /** The endpoints that have connections, and how many. */
    public Map<InetSocketAddress, Integer> live() {
        return Map.copyOf(live);
    }
}
