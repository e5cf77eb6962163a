package io.kubeferry.core.net;

/**
 * How much memory a read is given: little to a connection that says little, more to one that moves bulk. Not thread-safe.
 */
final class ReadSize {
    private static final int LEAST_BYTES = 512;
    private static final int FIRST_BYTES = 2 * 1024;
    private static final int MOST_BYTES = 64 * 1024;
    /** A read that fills its buffer makes the next one so many times larger: what is bulk shows soon. */
    private static final int GROWTH = 4;

    private int bytes = FIRST_BYTES;

    /** For the next read. */
    int next() {
        return bytes;
    }

    /** A read, which could have taken {@link #next}, has brought {@code count} bytes. */
    void hasRead(int count) {
        if (count >= bytes) {
            bytes = Math.min(MOST_BYTES, bytes * GROWTH);
        } else if (count <= bytes / GROWTH) {
            bytes = Math.max(LEAST_BYTES, bytes / GROWTH);
        }
    }
}
