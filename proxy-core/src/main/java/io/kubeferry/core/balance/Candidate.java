package io.kubeferry.core.balance;

import io.kubeferry.core.model.Endpoint;
import java.util.List;

/**
 * An endpoint that connections may be sent to. Immutable, but for what its track tells.
 *
 * @param track what is known of it, shared by all lists of the service port
 */
public record Candidate(Endpoint endpoint, EndpointTrack track) {
    /** Whether it is among {@code others}, whatever its conditions were there. */
    boolean isAmong(List<Candidate> others) {
        // By index: no iterator for every connection.
        for (int i = 0; i < others.size(); i++) {
            if (others.get(i).endpoint().sameTarget(endpoint)) {
                return true;
            }
        }
        return false;
    }

    /** {@code address:port}. */
    @Override
    public String toString() {
        return endpoint.toString();
    }
}
