package io.kubeferry.core.model;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * Reads and writes IP addresses as text, without ever asking a name server.
 *
 * <p>Reading tolerates what the API server tolerates: surrounding blanks, and leading zeros in IPv4 octets, which are
 * decimal ({@code 172.30.0.041} is {@code 172.30.0.41}; kube-proxy: {@code netutils.ParseIPSloppy}).
 */
public final class IpAddresses {
    private static final int IPV4_OCTETS = 4;
    private static final int MAX_OCTET = 255;
    private static final int IPV6_GROUPS = 8;

    /** IPv4 before IPv6, then by number. */
    public static final Comparator<InetAddress> ORDER = Comparator.comparing(
            InetAddress::getAddress,
            (left, right) ->
                    left.length == right.length ? Arrays.compareUnsigned(left, right) : left.length - right.length);

    private IpAddresses() {}

    /** The address that {@code text} spells, or empty if it spells none (a name, a scoped address, nonsense). */
    public static Optional<InetAddress> parse(String text) {
        String trimmed = text.trim();
        return trimmed.indexOf(':') >= 0 ? parseIpv6(trimmed) : parseIpv4(trimmed);
    }

    /** {@code address} as users write it: {@code 10.0.0.1}, {@code fd00::1} (RFC 5952). */
    public static String format(InetAddress address) {
        return IpFamily.of(address) == IpFamily.IPV6 ? formatIpv6(address.getAddress()) : address.getHostAddress();
    }

    /** {@code address} and {@code port} as users write them: {@code 10.0.0.1:80}, {@code [fd00::1]:80}. */
    public static String format(InetAddress address, int port) {
        String host = format(address);
        return IpFamily.of(address) == IpFamily.IPV6 ? "[" + host + "]:" + port : host + ":" + port;
    }

    private static Optional<InetAddress> parseIpv4(String text) {
        String[] octets = text.split("\\.", -1);
        if (octets.length != IPV4_OCTETS) {
            return Optional.empty();
        }
        byte[] bytes = new byte[IPV4_OCTETS];
        for (int i = 0; i < IPV4_OCTETS; i++) {
            OptionalInt octet = parseOctet(octets[i]);
            if (octet.isEmpty()) {
                return Optional.empty();
            }
            bytes[i] = (byte) octet.getAsInt();
        }
        return Optional.of(ofBytes(bytes));
    }

    /** A decimal number up to 255 in ASCII digits, with any number of leading zeros. */
    private static OptionalInt parseOctet(String text) {
        int value = 0;
        for (int i = 0; i < text.length(); i++) {
            char digit = text.charAt(i);
            if (digit < '0' || digit > '9') {
                return OptionalInt.empty();
            }
            value = value * 10 + (digit - '0');
            if (value > MAX_OCTET) {
                return OptionalInt.empty();
            }
        }
        return text.isEmpty() ? OptionalInt.empty() : OptionalInt.of(value);
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

    /** The longest run of two or more zero groups becomes {@code ::}, the first one of equals. */
    private static String formatIpv6(byte[] bytes) {
        int[] groups = new int[IPV6_GROUPS];
        for (int i = 0; i < IPV6_GROUPS; i++) {
            groups[i] = (bytes[2 * i] & 0xff) << 8 | (bytes[2 * i + 1] & 0xff);
        }
        int gapStart = 0;
        int gapLength = 1;
        for (int start = 0; start < IPV6_GROUPS; start++) {
            int length = zeroGroups(groups, start);
            if (length > gapLength) {
                gapStart = start;
                gapLength = length;
            }
        }
        return gapLength == 1
                ? joinGroups(groups, 0, IPV6_GROUPS)
                : joinGroups(groups, 0, gapStart) + "::" + joinGroups(groups, gapStart + gapLength, IPV6_GROUPS);
    }

    private static int zeroGroups(int[] groups, int start) {
        int end = start;
        while (end < groups.length && groups[end] == 0) {
            end++;
        }
        return end - start;
    }

    private static String joinGroups(int[] groups, int from, int to) {
        return Arrays.stream(groups, from, to).mapToObj(Integer::toHexString).collect(Collectors.joining(":"));
    }

    /** The address of 4 or 16 {@code bytes} in network order. */
    public static InetAddress ofBytes(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException wrongLength) {
            throw new IllegalArgumentException("address length: " + bytes.length + " (expected: 4 or 16)", wrongLength);
        }
    }
}
