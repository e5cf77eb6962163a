package io.kubeferry.core;

import io.kubeferry.core.connection.ConnectionSettings;
import io.kubeferry.core.net.Transport;
import io.kubeferry.core.observe.ConnectionLog;
import io.kubeferry.core.routing.EndpointOrigin;
import java.util.Optional;

/**
 * How the data plane works. Immutable.
 *
 * @param eventLoops the number of threads that carry bytes
 * @param origin where endpoints come from
 * @param maxFileDescriptors how many the process may have open
 * @param connectionLog hears of every connection that has ended; costs nothing where it is empty
 */
public record DataPlaneConfig(
        Transport transport,
        int eventLoops,
        ConnectionSettings connections,
        EndpointOrigin origin,
        long maxFileDescriptors,
        Optional<ConnectionLog> connectionLog) {
    /** Checks the numbers. */
    public DataPlaneConfig {
        if (eventLoops < 1) {
            throw new IllegalArgumentException("event loops: " + eventLoops + " (expected: >= 1)");
        }
    }
}
