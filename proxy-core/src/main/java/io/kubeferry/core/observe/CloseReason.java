package io.kubeferry.core.observe;

import java.util.Locale;

/**
 * Why a connection ended. Every connection ends for exactly one reason; the first one counts. Logs, metrics and tests
 * use {@link #label()}.
 */
public enum CloseReason {
    /** Both directions ended with a FIN and all bytes were delivered. */
    COMPLETED(false),

    /** The client went away before an endpoint was connected. */
    DOWNSTREAM_ABANDONED(false),
    /** The client sent a RST. */
    DOWNSTREAM_RESET(true),
    /** The client stopped answering: keep-alive or retransmission gave up. */
    DOWNSTREAM_VANISHED(true),
    /** The endpoint sent a RST. */
    UPSTREAM_RESET(true),
    /** The endpoint stopped answering: keep-alive or retransmission gave up. */
    UPSTREAM_VANISHED(true),

    /** The address is served but has no usable endpoint. */
    NO_ENDPOINT(true),
    /** No service port has this original destination (any more). */
    NO_SERVICE(true),
    /** The last endpoint tried refused. */
    CONNECT_REFUSED(true),
    /** The last endpoint tried did not answer in time. */
    CONNECT_TIMEOUT(true),
    /** There is no route to the last endpoint tried. */
    CONNECT_UNREACHABLE(true),
    /** This node has no free source port towards the last endpoint tried (EADDRNOTAVAIL). */
    CONNECT_SOURCE_PORTS_EXHAUSTED(true),
    /** This process has no free file descriptor. */
    DESCRIPTORS_EXHAUSTED(true),
    /** Connecting failed in another way; the log has it at DEBUG. */
    CONNECT_FAILED(true),

    /** The service port had all the connections it may have. */
    CONNECTION_LIMIT(true),
    /** The service port had all the connections that the owner of its Service allows. */
    MAX_CONNECTIONS(true),
    /** Nothing was sent in either direction for the idle time-out. */
    IDLE_TIMEOUT(true),
    /** One direction had ended and nothing was sent in the other for an hour. */
    HALF_CLOSED_TIMEOUT(true),
    /** The Service has the endpoint no longer, and its owner wants such connections to end. */
    ENDPOINT_REMOVED(true),
    /** The process ended before the connection did. */
    DRAIN_DEADLINE(true),
    /** A mistake in kubeferry; the log has it at WARN. */
    INTERNAL_ERROR(true);

    private final boolean failure;
    private final String label;

    CloseReason(boolean failure) {
        this.failure = failure;
        this.label = name().toLowerCase(Locale.ROOT);
    }

    /** Whether the connection ended in a way its client or its endpoint did not intend. */
    public boolean isFailure() {
        return failure;
    }

    /** The name for metrics and logs: {@code connect_refused}. */
    public String label() {
        return label;
    }
}
