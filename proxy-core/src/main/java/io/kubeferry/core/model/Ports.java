package io.kubeferry.core.model;

/** The range of TCP port numbers. */
public final class Ports {
    /** The largest port number. */
    public static final int MAX = 65_535;

    private Ports() {}

    /** Whether {@code number} can be a port. */
    public static boolean isValid(int number) {
        return number >= 1 && number <= MAX;
    }

    /** Returns {@code number}, or throws an {@link IllegalArgumentException} that names {@code what} and the value. */
    public static int require(String what, int number) {
        if (!isValid(number)) {
            throw new IllegalArgumentException(what + ": " + number + " (expected: 1.." + MAX + ")");
        }
        return number;
    }
}
