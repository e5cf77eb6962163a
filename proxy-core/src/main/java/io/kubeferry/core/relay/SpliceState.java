package io.kubeferry.core.relay;

/**
 * Who moves the bytes of one direction, and what it waits for.
 *
 * <pre>
 *   BUFFERED ── BULK ──► SETTLING ── SETTLED ──► AWAITING_INPUT ── FILLED ──► AWAITING_ROOM
 *       ▲                                          │    ▲                       │
 *       └──────────────── HAND_BACK ───────────────┘    └────── DRAINED ────────┘
 *
 *   ENDED ◄── END (from every state)
 * </pre>
 *
 * <p>A pipe has bytes in it in AWAITING_ROOM only, so nothing is ever handed back that would overtake them.
 */
enum SpliceState {
    /** The buffered relay reads and writes. */
    BUFFERED,
    /** It has stopped reading, and what it has read is still on its way to the kernel. */
    SETTLING,
    /** The pipe is empty; more input will fill it. */
    AWAITING_INPUT,
    /** The pipe has bytes that the sink does not take yet. */
    AWAITING_ROOM,
    /** Nothing moves any more. */
    ENDED;

    /** What happens to a direction. */
    enum Event {
        /** It moves much. */
        BULK,
        /** All that was read into buffers has been written. */
        SETTLED,
        /** Bytes went into the pipe. */
        FILLED,
        /** The last byte has left the pipe. */
        DRAINED,
        /** It moves little, has ended, or has no pipe. */
        HAND_BACK,
        /** The relay has ended. */
        END
    }

    /**
     * The state after {@code event}.
     *
     * @throws IllegalStateException if that cannot happen in this state
     */
    SpliceState after(Event event) {
        if (event == Event.END || this == ENDED) {
            return ENDED;
        }
        if (this == BUFFERED && event == Event.BULK) {
            return SETTLING;
        }
        if (this == SETTLING && event == Event.SETTLED) {
            return AWAITING_INPUT;
        }
        if (this == AWAITING_INPUT && event == Event.FILLED) {
            return AWAITING_ROOM;
        }
        if (this == AWAITING_ROOM && event == Event.DRAINED) {
            return AWAITING_INPUT;
        }
        if (this == AWAITING_INPUT && event == Event.HAND_BACK) {
            return BUFFERED;
        }
        throw new IllegalStateException(event + " in state " + this);
    }
}
