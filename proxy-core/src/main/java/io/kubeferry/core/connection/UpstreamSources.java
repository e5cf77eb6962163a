package io.kubeferry.core.connection;

import io.kubeferry.core.model.Endpoint;
import io.kubeferry.core.net.TcpStream;
import io.kubeferry.core.net.TransparentSockets;
import io.kubeferry.core.routing.NodeNetwork;
import io.kubeferry.core.routing.SourceAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * From which address endpoints are dialled where this process captures Service addresses. Immutable.
 *
 * @param keepClient whether endpoints may see clients' addresses at all
 */
public record UpstreamSources(TransparentSockets sockets, NodeNetwork network, boolean keepClient) {
    /**
     * Prepares {@code upstream} to connect to {@code endpoint} on behalf of {@code client}, and returns the address to
     * bind it to, or null where the kernel chooses one of this node's.
     *
     * @param allowed what the address that the client wanted allows
     * @param portsTried how many ports have been prepared for this attempt already, and were in use
     */
    @Nullable
    InetSocketAddress prepare(
            TcpStream upstream, SourceAddress allowed, InetAddress client, Endpoint endpoint, int portsTried) {
        sockets.mark(upstream);
        if (!keepClient) {
            return null;
        }
        SourceAddress.Decision decision = SourceAddress.of(allowed, client, endpoint, network);
        if (decision.source() == SourceAddress.NODE) {
            return null;
        }
        int port = SourcePort.of(decision.answers(), portsTried).choose(sockets);
        sockets.allowForeignSource(upstream, port);
        return new InetSocketAddress(client, port);
    }
}
