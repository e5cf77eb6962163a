package io.kubeferry.core.routing;

import io.kubeferry.core.model.IpAddresses;
import io.kubeferry.core.model.Ports;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Where kubeferry listens: the original destination of the connections it gets there. Immutable. */
public record ListenAddress(InetAddress address, int port) {
    /** Checks the port. */
    public ListenAddress {
        Ports.require("listen port", port);
    }

    /** The same as a socket address. */
    public InetSocketAddress socketAddress() {
        return new InetSocketAddress(address, port);
    }

    @Override
    public String toString() {
        return IpAddresses.format(address, port);
    }
}
