package io.kubeferry.core.connection;

import io.kubeferry.core.net.SocketFailure;
import io.kubeferry.core.observe.CloseReason;

/**
 * What a failed connect attempt means. Pure.
 *
 * @param reason why the connection ends if this was the last attempt
 * @param retryable whether another endpoint may do better
 */
record ConnectFailure(CloseReason reason, boolean retryable) {
    /** Whether it is the endpoint that failed, and not this host. */
    boolean blamesEndpoint() {
        return switch (reason) {
            case CONNECT_REFUSED, CONNECT_TIMEOUT, CONNECT_UNREACHABLE -> true;
            default -> false;
        };
    }

    static ConnectFailure of(SocketFailure failure) {
        return switch (failure) {
            case REFUSED, RESET -> new ConnectFailure(CloseReason.CONNECT_REFUSED, true);
            case TIMED_OUT -> new ConnectFailure(CloseReason.CONNECT_TIMEOUT, true);
            case UNREACHABLE -> new ConnectFailure(CloseReason.CONNECT_UNREACHABLE, true);
            // Source ports are per destination: another endpoint has ports of its own.
            case ADDRESS_NOT_AVAILABLE, ADDRESS_IN_USE ->
                new ConnectFailure(CloseReason.CONNECT_SOURCE_PORTS_EXHAUSTED, true);
            case DESCRIPTORS_EXHAUSTED -> new ConnectFailure(CloseReason.DESCRIPTORS_EXHAUSTED, false);
            case PERMISSION_DENIED, OTHER -> new ConnectFailure(CloseReason.CONNECT_FAILED, true);
        };
    }
}
