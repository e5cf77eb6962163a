package io.kubeferry.core.model;

import java.time.Duration;

/** Whether connections of one client go to one endpoint. */
public sealed interface SessionAffinity {
    /** Every connection is balanced on its own. */
    record None() implements SessionAffinity {}

    /**
     * Connections of one client address go to the same endpoint until it has opened none for {@code timeout}.
     *
     * @param timeout sliding: every new connection of the client starts it anew
     */
    record ClientIp(Duration timeout) implements SessionAffinity {
        /** Rejects a time-out that would never hold a client. */
        public ClientIp {
            if (timeout.isNegative() || timeout.isZero()) {
                throw new IllegalArgumentException("session affinity timeout: " + timeout + " (expected: > 0)");
            }
        }
    }
}
