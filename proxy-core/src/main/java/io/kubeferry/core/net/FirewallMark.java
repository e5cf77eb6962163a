package io.kubeferry.core.net;

import java.util.Locale;
import java.util.Optional;

/**
 * The two bits of packet marks that are ours. Immutable.
 *
 * @param steering the bit of packets that shall be delivered to this process, wherever they are addressed to
 * @param own the bit of packets that this process sends
 */
public record FirewallMark(int steering, int own) {
    /** Bits that neither kube-proxy nor the usual pod networks use. */
    public static final FirewallMark DEFAULT = new FirewallMark(0x1000, 0x2000);

    /** Checks that both are bits, and not the same. */
    public FirewallMark {
        if (Integer.bitCount(steering) != 1 || Integer.bitCount(own) != 1 || steering == own) {
            throw new IllegalArgumentException("mark bits: " + Integer.toHexString(steering) + ", "
                    + Integer.toHexString(own) + " (expected: two bits)");
        }
    }

    /** What {@code VALUE/MASK} says: a mask of two bits, of which the value is the steering one; empty for anything else. */
    public static Optional<FirewallMark> parse(String text) {
        String[] parts = text.trim().split("/", -1);
        if (parts.length != 2) {
            return Optional.empty();
        }
        try {
            int value = Integer.parseUnsignedInt(digits(parts[0]), 16);
            int mask = Integer.parseUnsignedInt(digits(parts[1]), 16);
            boolean fits = Integer.bitCount(value) == 1 && Integer.bitCount(mask) == 2 && (value & mask) == value;
            return fits ? Optional.of(new FirewallMark(value, mask ^ value)) : Optional.empty();
        } catch (NumberFormatException notHexadecimal) {
            return Optional.empty();
        }
    }

    private static String digits(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        if (!lower.startsWith("0x")) {
            throw new NumberFormatException("no 0x: " + text);
        }
        return lower.substring(2);
    }

    /** {@code VALUE/MASK}, as {@link #parse} reads it. */
    @Override
    public String toString() {
        return "0x" + Integer.toHexString(steering) + "/0x" + Integer.toHexString(steering | own);
    }
}
