package io.kubeferry.core.model;

import java.net.InetAddress;
import java.util.Optional;

/**
 * An IP range in CIDR notation.
 *
 * @param network the first address of the range: bits past the prefix are zero
 * @param prefixLength the number of leading bits that all addresses of the range share
 */
public record IpCidr(InetAddress network, int prefixLength) {
    /** Checks the prefix length and clears the bits past it. */
    public IpCidr {
        int bits = IpFamily.of(network).addressBits();
        if (prefixLength < 0 || prefixLength > bits) {
            throw new IllegalArgumentException("prefix length: " + prefixLength + " (expected: 0.." + bits + ")");
        }
        network = masked(network, prefixLength);
    }

    /** The range that {@code text} spells ({@code 10.0.0.0/8}, {@code fd00::/8}), or empty if it spells none. */
    public static Optional<IpCidr> parse(String text) {
        String trimmed = text.trim();
        int slash = trimmed.indexOf('/');
        if (slash < 0) {
            return Optional.empty();
        }
        String length = trimmed.substring(slash + 1);
        if (!length.matches("[0-9]{1,3}")) {
            return Optional.empty();
        }
        int prefixLength = Integer.parseInt(length);
        return IpAddresses.parse(trimmed.substring(0, slash))
                .filter(address -> prefixLength <= IpFamily.of(address).addressBits())
                .map(address -> new IpCidr(address, prefixLength));
    }

    /** The family of the range. */
    public IpFamily family() {
        return IpFamily.of(network);
    }

    /** Whether the range holds every address of its family. */
    public boolean matchesAll() {
        return prefixLength == 0;
    }

    /** Whether {@code address} lies in this range; an address of the other family never does. */
    public boolean contains(InetAddress address) {
        return IpFamily.of(address) == family() && masked(address, prefixLength).equals(network);
    }

    @Override
    public String toString() {
        return IpAddresses.format(network) + "/" + prefixLength;
    }

    private static InetAddress masked(InetAddress address, int prefixLength) {
        byte[] bytes = address.getAddress();
        for (int i = 0; i < bytes.length; i++) {
            int keptBits = Math.clamp(prefixLength - i * 8L, 0, 8);
            bytes[i] &= (byte) (0xff << (8 - keptBits));
        }
        return IpAddresses.ofBytes(bytes);
    }
}
