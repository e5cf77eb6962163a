package io.kubeferry.core.relay;

import io.kubeferry.core.net.SocketFailure;
import io.kubeferry.core.observe.CloseReason;
import java.io.IOException;

/** What a socket's trouble means for the connection. Pure. */
final class RelayFailures {
    private RelayFailures() {}

    /** The reason when reading from the source of {@code direction}, or writing to that same stream, failed. */
    static CloseReason reasonOf(Throwable cause, Direction direction) {
        if (!(cause instanceof IOException)) {
            return CloseReason.INTERNAL_ERROR;
        }
        return reasonOf(SocketFailure.of(cause), direction);
    }

    /** The reason when the source of {@code direction} has failed. */
    static CloseReason reasonOf(SocketFailure failure, Direction direction) {
        return failure == SocketFailure.TIMED_OUT ? vanishedSourceOf(direction) : resetBySourceOf(direction);
    }

    /** The side that {@code direction} comes from has reset. */
    static CloseReason resetBySourceOf(Direction direction) {
        return switch (direction) {
            case TO_ENDPOINT -> CloseReason.DOWNSTREAM_RESET;
            case TO_CLIENT -> CloseReason.UPSTREAM_RESET;
        };
    }

    /** The side that {@code direction} goes to has reset. */
    static CloseReason resetBySinkOf(Direction direction) {
        return switch (direction) {
            case TO_ENDPOINT -> CloseReason.UPSTREAM_RESET;
            case TO_CLIENT -> CloseReason.DOWNSTREAM_RESET;
        };
    }

    private static CloseReason vanishedSourceOf(Direction direction) {
        return switch (direction) {
            case TO_ENDPOINT -> CloseReason.DOWNSTREAM_VANISHED;
            case TO_CLIENT -> CloseReason.UPSTREAM_VANISHED;
        };
    }
}
