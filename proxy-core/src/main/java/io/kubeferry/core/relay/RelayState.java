package io.kubeferry.core.relay;

/**
 * How much of a relay is still open.
 *
 * <pre>
 *             TO_ENDPOINT ended                 TO_CLIENT ended
 *   OPEN ──────────────────────► ENDPOINT_TOLD ─────────────────► ENDED
 *     │                                                             ▲ ▲
 *     │ TO_CLIENT ended                        TO_ENDPOINT ended    │ │
 *     ├──────────────────────► CLIENT_TOLD ─────────────────────────┘ │
 *     └──────────────────────────── abort ────────────────────────────┘ (from every state)
 * </pre>
 */
enum RelayState {
    /** Bytes go both ways. */
    OPEN,
    /** The client's FIN has been passed on to the endpoint; the endpoint may still send. */
    ENDPOINT_TOLD,
    /** The endpoint's FIN has been passed on to the client; the client may still send. */
    CLIENT_TOLD,
    /** Nothing moves any more. */
    ENDED;

    /** The state after the last byte and the FIN of {@code direction} were passed on. */
    RelayState afterEndOf(Direction direction) {
        return switch (this) {
            case OPEN ->
                switch (direction) {
                    case TO_ENDPOINT -> ENDPOINT_TOLD;
                    case TO_CLIENT -> CLIENT_TOLD;
                };
            case ENDPOINT_TOLD -> direction == Direction.TO_CLIENT ? ENDED : this;
            case CLIENT_TOLD -> direction == Direction.TO_ENDPOINT ? ENDED : this;
            case ENDED -> ENDED;
        };
    }

    /** Whether the last byte and the FIN of {@code direction} were passed on. */
    boolean hasEnded(Direction direction) {
        return this == ENDED || this == (direction == Direction.TO_ENDPOINT ? ENDPOINT_TOLD : CLIENT_TOLD);
    }

    /** Whether one direction has ended and the other has not. */
    boolean isHalfClosed() {
        return this == ENDPOINT_TOLD || this == CLIENT_TOLD;
    }
}
