package io.kubeferry.core.relay;

/**
 * Decides whether a sink keeps up, and so may have a large pipe: one that is slow holds what is in its pipe for as long as it
 * likes.
 *
 * <p>A sink that nobody reads from takes what there is room for in buffers all the same, so it keeps up only when it has taken
 * more than that. Every wait for it costs it some of what it has earned, so that a slow one, which is waited for every few bytes,
 * earns nothing, and one that is fast but not always there loses nothing.
 *
 * <p>Threading: event loop of the relay only.
 */
final class SinkPace {
    /** More than the buffers between two ends have room for while nobody reads. */
    static final int ENOUGH_BYTES = 8 * 1024 * 1024;

    /** What a slow sink takes at once is less. */
    static final int WAIT_BYTES = 64 * 1024;

    private static final int MOST_BYTES = 2 * ENOUGH_BYTES;

    private int earnedBytes;

    /** The sink has taken {@code bytes}. */
    void taken(int bytes) {
        earnedBytes = Math.min(earnedBytes + bytes, MOST_BYTES);
    }

    /** The sink has made us wait. */
    void waited() {
        earnedBytes = Math.max(0, earnedBytes - WAIT_BYTES);
    }

    boolean keepsUp() {
        return earnedBytes >= ENOUGH_BYTES;
    }
}
