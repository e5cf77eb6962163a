package io.kubeferry.core.routing;

import io.kubeferry.core.model.IpAddresses;
import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.model.Ports;
import io.kubeferry.core.model.ServicePort;
import io.kubeferry.core.model.ServicePortKey;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * Gives every cluster IP a place on the loopback network, the same one in every run.
 *
 * <p>{@code a.b.c.d} is offered at {@code 127.b.c.d} on the same port. Where that is not possible (IPv6, an address kept
 * free, two cluster IPs that fall on one place, a port this process may not bind) the place comes from a hash of
 * {@code namespace/name:port} in 127.64.0.0/10. Ports that may not be bound move up by 8000, or further where even that
 * is not enough: 80 becomes 8080.
 *
 * <p>What is told here is the order in which a service port wishes for places: who gets which is for {@link AddressClaims}.
 * Immutable.
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
    private final ServicePortKey key;
    private final InetAddress clusterIp;
    private final int port;

    /** The places that {@code servicePort} wishes for on {@code host}. */
    LoopbackPlaces(HostFacts host, ServicePort servicePort) {
        this.host = host;
        this.key = servicePort.key();
        this.clusterIp = servicePort.addresses().clusterIp();
        this.port = servicePort.addresses().port();
    }

    /** How many wishes there are. */
    int count() {
        return host.wholeLoopbackNetwork() ? 1 + HASHED_MASK + 1 : SINGLE_ADDRESS_PORTS;
    }

    /** The wish number {@code index}, from 0 on; empty where that place cannot be had here by anybody. */
    Optional<ListenAddress> wish(int index) {
        if (!host.wholeLoopbackNetwork()) {
            int number = SINGLE_ADDRESS_FIRST_PORT + Math.floorMod(hash() + index, SINGLE_ADDRESS_PORTS);
            return Optional.of(new ListenAddress(SINGLE_ADDRESS, number));
        }
        boolean bindable = port >= host.firstUnprivilegedPort();
        if (index > 0) {
            int address = HASHED_NETWORK | ((hash() + index - 1) & HASHED_MASK);
            return offered(toBytes(address), bindable ? port : unprivileged());
        }
        if (!bindable || IpFamily.of(clusterIp) != IpFamily.IPV4) {
            return Optional.empty();
        }
        byte[] equivalent = clusterIp.getAddress();
        equivalent[0] = LOOPBACK_NETWORK;
        return offered(equivalent, port);
    }

    private int unprivileged() {
        return Math.clamp(port + PRIVILEGED_PORT_SHIFT, host.firstUnprivilegedPort(), Ports.MAX);
    }

    /** 127.0.0.0/24 belongs to the host's own daemons, and addresses that end in 255 look like broadcasts. */
    private static Optional<ListenAddress> offered(byte[] address, int port) {
        boolean kept = (address[1] == 0 && address[2] == 0) || address[3] == (byte) 255;
        return kept ? Optional.empty() : Optional.of(new ListenAddress(IpAddresses.ofBytes(address), port));
    }

    private int hash() {
        CRC32 crc = new CRC32();
        crc.update(key.name().toString().getBytes(StandardCharsets.UTF_8));
        crc.update(key.family().addressBits());
        return (int) crc.getValue();
    }

    private static byte[] toBytes(int address) {
        return new byte[] {(byte) (address >>> 24), (byte) (address >>> 16), (byte) (address >>> 8), (byte) address};
    }
}
