package io.kubeferry.agent.status;

import java.util.Locale;

/**
 * Something that is wrong now and that an operator should see first. Immutable.
 *
 * @param message a sentence for people
 */
public record StatusProblem(Kind kind, String message) {
    /** What has the problem. */
    public enum Kind {
        /** An address that should be listening is not. */
        LISTENER,
        /** What the cluster says is not in force. */
        SYNC,
        /** The cluster, or the folder of manifests, cannot be read. */
        SOURCE;

        /** The name in JSON. */
        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
