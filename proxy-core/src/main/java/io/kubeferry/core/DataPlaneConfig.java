package io.kubeferry.core;

import io.kubeferry.core.connection.ConnectionSettings;
import io.kubeferry.core.listener.AddressCapture;
import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.net.Transport;
import io.kubeferry.core.observe.ConnectionLog;
import io.kubeferry.core.routing.EndpointOrigin;
import io.kubeferry.core.routing.NodeNetwork;
import java.util.Optional;
import java.util.Set;

/**
 * How the data plane works. Immutable.
 *
 * @param eventLoops the number of threads that carry bytes
 * @param origin where endpoints come from
 * @param maxFileDescriptors how many the process may have open
 * @param connectionLog hears of every connection that has ended
 * @param capture empty where loopback addresses stand for Service addresses
 * @param sharesAddresses whether another process may listen at the same addresses at the same time
 */
public record DataPlaneConfig(
        Transport transport,
        int eventLoops,
        ConnectionSettings connections,
        EndpointOrigin origin,
        long maxFileDescriptors,
        Optional<ConnectionLog> connectionLog,
        Optional<Capture> capture,
        boolean sharesAddresses) {
    /**
     * How Service addresses themselves are taken.
     *
     * @param host steers their connections here
     * @param network tells clients apart
     * @param families which are taken
     * @param socketMark of every socket
     * @param keepClient whether endpoints may see clients' addresses
     */
    public record Capture(
            AddressCapture host, NodeNetwork network, Set<IpFamily> families, int socketMark, boolean keepClient) {}

    /** Checks the numbers. */
    public DataPlaneConfig {
        if (eventLoops < 1) {
            throw new IllegalArgumentException("event loops: " + eventLoops + " (expected: >= 1)");
        }
    }
}
