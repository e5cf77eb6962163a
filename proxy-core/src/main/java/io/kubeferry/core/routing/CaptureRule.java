package io.kubeferry.core.routing;

import java.util.Locale;
import java.util.Optional;

/**
 * What becomes of connections to one captured address, decided at their SYN. Immutable.
 *
 * @param treatment what those get that {@code sourceRanges} let through
 * @param sourceRanges who may connect, on load-balancer addresses that keep somebody out; empty means everybody
 */
public record CaptureRule(Treatment treatment, Optional<SourceRanges> sourceRanges) {
    /** What a client gets. */
    public enum Treatment {
        /** Its connection is accepted. */
        SERVE,
        /** As {@link #DROP} for clients from outside; this node and pods are served. */
        LOCAL_ONLY,
        /** It is refused: there is no usable endpoint anywhere. */
        REFUSE,
        /** It gets no answer: the policy wants endpoints of this node, and the usable ones are elsewhere. */
        DROP;

        /** The name in JSON: {@code local-only}. */
        public String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
