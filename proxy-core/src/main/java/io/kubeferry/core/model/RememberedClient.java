package io.kubeferry.core.model;

import java.net.InetAddress;
import java.time.Duration;

/**
 * Where session affinity sends a client. Immutable.
 *
 * @param address of the endpoint that it is sent to
 * @param port of that endpoint
 * @param idle how long ago the client opened its last connection
 */
public record RememberedClient(InetAddress client, InetAddress address, int port, Duration idle) {
    /** Checks port and time. */
    public RememberedClient {
        Ports.require("endpoint port", port);
        if (idle.isNegative()) {
            throw new IllegalArgumentException("idle time: " + idle + " (expected: not negative)");
        }
    }
}
