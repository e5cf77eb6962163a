package io.kubeferry.core.model;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/**
 * Reads IP addresses from text, without ever asking a name server.
 *
 * <p>Tolerates what the API server tolerates: surrounding blanks, and leading zeros in IPv4 octets, which are
 * decimal ({@code 172.30.0.041} is {@code 172.30.0.41}; kube-proxy: {@code netutils.ParseIPSloppy}).
 */
public final class IpAddresses {
    private static final int IPV4_OCTETS = 4;
    private static final int MAX_OCTET_DIGITS = 4;
    private static final int MAX_OCTET = 255;

    private IpAddresses() {}

    /** The address that {@code text} spells, or empty if it spells none (a name, a scoped address, nonsense). */
    public static Optional<InetAddress> parse(String text) {
        String trimmed = text.trim();
        return trimmed.indexOf(':') >= 0 ? parseIpv6(trimmed) : parseIpv4(trimmed);
    }

    /** {@code address} and {@code port} as users write them: {@code 10.0.0.1:80}, {@code [fd00::1]:80}. */
    public static String format(InetAddress address, int port) {
        String host = address.getHostAddress();
        return IpFamily.of(address) == IpFamily.IPV6 ? "[" + host + "]:" + port : host + ":" + port;
    }

    private static Optional<InetAddress> parseIpv4(String text) {
        String[] octets = text.split("\\.", -1);
        if (octets.length != IPV4_OCTETS) {
            return Optional.empty();
        }
        byte[] bytes = new byte[IPV4_OCTETS];
        for (int i = 0; i < IPV4_OCTETS; i++) {
            String octet = octets[i];
            if (octet.isEmpty()
                    || octet.length() > MAX_OCTET_DIGITS
                    || !octet.chars().allMatch(c -> c >= '0' && c <= '9')) {
                return Optional.empty();
            }
            int value = Integer.parseInt(octet);
            if (value > MAX_OCTET) {
                return Optional.empty();
            }
            bytes[i] = (byte) value;
        }
        return Optional.of(ofBytes(bytes));
    }

    private static Optional<InetAddress> parseIpv6(String text) {
        if (text.indexOf('%') >= 0 || text.indexOf('[') >= 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(Inet6Address.ofLiteral(text));
        } catch (IllegalArgumentException notAnAddress) {
            return Optional.empty();
        }
    }

    /** The address of 4 or 16 {@code bytes} in network order. */
    static InetAddress ofBytes(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException wrongLength) {
            throw new IllegalArgumentException("address length: " + bytes.length + " (expected: 4 or 16)", wrongLength);
        }
    }
}
