package io.kubeferry.core.relay;

import io.kubeferry.core.observe.CloseReason;

/**
 * Moves bytes between a downstream and an upstream stream, both connected and on the same event loop.
 *
 * <p>What every kind of relay promises:
 * <ul>
 *   <li>Bytes arrive complete and in order, whatever their number and whoever is slow.
 *   <li>A FIN travels as a FIN, in its direction only, after all bytes before it.
 *   <li>A RST travels as a RST: what was already read is written as far as the other socket takes it without waiting.
 *   <li>A slow reader stops the fast writer; memory per connection is bounded, and an idle one holds no buffer.
 *   <li>Every byte read from a socket is reported once; the relay ends exactly once and leaves both streams closed.
 * </ul>
 *
 * <p>Threading: event loop of the streams only.
 */
public interface Relay {
    /** Begins to read and write. Called once. */
    void start();

    /** Resets both sides and ends for {@code reason}, unless the relay has ended already. */
    void abort(CloseReason reason);

    /**
     * Aborts if a side has been reset from which nothing is read at the moment, because it has sent its FIN or because the
     * other side is full. Costs a system call in those two cases, so it is meant for every second or so.
     */
    void noticeUnseenReset();

    /** Whether one direction has ended and the other has not. */
    boolean isHalfClosed();
}
