package io.kubeferry.core.testing;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Optional;

/** Where pods of these tests can be: loopback endpoints do not count when an API server names them. */
public final class HostAddress {
    /** One of this host's addresses; empty where it has loopback ones alone. */
    public static final Optional<InetAddress> FIRST = find();

    private HostAddress() {}

    private static Optional<InetAddress> find() {
        try {
            return NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(address -> address instanceof Inet4Address
                            && !address.isLoopbackAddress()
                            && !address.isLinkLocalAddress())
                    .findFirst();
        } catch (SocketException noInterfaces) {
            return Optional.empty();
        }
    }
}
