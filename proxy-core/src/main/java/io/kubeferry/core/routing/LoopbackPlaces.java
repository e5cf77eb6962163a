package io.kubeferry.core.routing;

import io.kubeferry.core.model.IpAddresses;
import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.model.Ports;
import io.kubeferry.core.model.ServicePort;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * Gives every cluster IP a place on the loopback network, the same one in every run.
 *
 * <p>{@code a.b.c.d} is offered at {@code 127.b.c.d} on the same port. Where that is not possible (IPv6, an address kept
 * free, two cluster IPs that fall on one place, a port this process may not bind) the place comes from a hash of
 * {@code namespace/name:port} in 127.64.0.0/10. Ports that may not be bound move up by 8000, or further where even that
 * is not enough: 80 becomes 8080.
 *
 * <p>Threading: confined to one planning pass; ask for places in a stable order.
 */
final class LoopbackPlaces {
    private static final byte LOOPBACK_NETWORK = 127;
    private static final int HASHED_NETWORK = 0x7f40_0000;
    private static final int HASHED_MASK = 0x003f_ffff;
    private static final int PRIVILEGED_PORT_SHIFT = 8_000;
    private static final InetAddress SINGLE_ADDRESS = IpAddresses.ofBytes(new byte[] {LOOPBACK_NETWORK, 0, 0, 1});
    /** Below the node ports and the ephemeral ports of the systems that have 127.0.0.1 only. */
    private static final int SINGLE_ADDRESS_FIRST_PORT = 10_000;

    private static final int SINGLE_ADDRESS_PORTS = 20_000;

    private final HostFacts host;
    private final Set<ListenAddress> taken = new HashSet<>();

    LoopbackPlaces(HostFacts host) {
        this.host = host;
    }

    /**
     * Takes a place for the cluster IP of {@code servicePort}; no two calls get the same one. Empty where every port of
     * a host that has 127.0.0.1 only is taken.
     */
    Optional<ListenAddress> take(ServicePort servicePort) {
        if (!host.wholeLoopbackNetwork()) {
            return takePortOnSingleAddress(servicePort);
        }
        int port = servicePort.addresses().port();
        boolean bindable = port >= host.firstUnprivilegedPort();
        InetAddress clusterIp = servicePort.addresses().clusterIp();
        if (bindable && IpFamily.of(clusterIp) == IpFamily.IPV4) {
            byte[] bytes = clusterIp.getAddress();
            bytes[0] = LOOPBACK_NETWORK;
            Optional<ListenAddress> equivalent = takeIfFree(bytes, port);
            if (equivalent.isPresent()) {
                return equivalent;
            }
        }
        return takeHashed(servicePort, bindable ? port : unprivileged(port));
    }

    private int unprivileged(int port) {
        return Math.clamp(port + PRIVILEGED_PORT_SHIFT, host.firstUnprivilegedPort(), Ports.MAX);
    }

    private Optional<ListenAddress> takeHashed(ServicePort servicePort, int port) {
        int hash = hash(servicePort);
        for (int probe = 0; probe <= HASHED_MASK; probe++) {
            Optional<ListenAddress> place = takeIfFree(toBytes(HASHED_NETWORK | ((hash + probe) & HASHED_MASK)), port);
            if (place.isPresent()) {
                return place;
            }
        }
        return Optional.empty();
    }

    private Optional<ListenAddress> takePortOnSingleAddress(ServicePort servicePort) {
        int hash = hash(servicePort);
        for (int probe = 0; probe < SINGLE_ADDRESS_PORTS; probe++) {
            int port = SINGLE_ADDRESS_FIRST_PORT + Math.floorMod(hash + probe, SINGLE_ADDRESS_PORTS);
            ListenAddress place = new ListenAddress(SINGLE_ADDRESS, port);
            if (taken.add(place)) {
                return Optional.of(place);
            }
        }
        return Optional.empty();
    }

    private Optional<ListenAddress> takeIfFree(byte[] address, int port) {
        if (!isOffered(address)) {
            return Optional.empty();
        }
        ListenAddress place = new ListenAddress(IpAddresses.ofBytes(address), port);
        return taken.add(place) ? Optional.of(place) : Optional.empty();
    }

    /** 127.0.0.0/24 belongs to the host's own daemons, and addresses that end in 255 look like broadcasts. */
    private static boolean isOffered(byte[] address) {
        return !(address[1] == 0 && address[2] == 0) && address[3] != (byte) 255;
    }

    private static int hash(ServicePort servicePort) {
        CRC32 crc = new CRC32();
        crc.update(servicePort.name().toString().getBytes(StandardCharsets.UTF_8));
        crc.update(servicePort.family().addressBits());
        return (int) crc.getValue();
    }

    private static byte[] toBytes(int address) {
        return new byte[] {(byte) (address >>> 24), (byte) (address >>> 16), (byte) (address >>> 8), (byte) address};
    }
}
