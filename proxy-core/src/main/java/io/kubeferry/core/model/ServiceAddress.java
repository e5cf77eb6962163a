package io.kubeferry.core.model;

import java.net.InetAddress;

/**
 * An address at which a service port is reached, as its clients write it.
 *
 * @param port the port at this address: the service port's number, or the node port
 */
public record ServiceAddress(ServiceAddressKind kind, InetAddress address, int port) {
    @Override
    public String toString() {
        return kind.displayName() + " " + IpAddresses.format(address, port);
    }
}
