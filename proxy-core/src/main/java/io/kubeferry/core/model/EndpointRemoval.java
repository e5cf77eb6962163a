package io.kubeferry.core.model;

import java.time.Duration;

/** What happens to established connections when their endpoint is in no slice of the Service any more. */
public sealed interface EndpointRemoval {
    /** They go on, as with kube-proxy. */
    record Keep() implements EndpointRemoval {}

    /**
     * They are reset if they have not ended after a while.
     *
     * @param patience how long that is, from the removal on
     */
    record Drain(Duration patience) implements EndpointRemoval {
        /** Rejects a time that would be no draining. */
        public Drain {
            if (patience.isNegative() || patience.isZero()) {
                throw new IllegalArgumentException("drain: " + patience + " (expected: > 0)");
            }
        }
    }

    /** They are reset at once. */
    record Reset() implements EndpointRemoval {}
}
