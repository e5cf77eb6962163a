package io.kubeferry.agent.sync;

import io.kubeferry.core.model.IpFamily;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * What a {@link Syncer} is made with. Immutable.
 *
 * @param sources how many sources must have delivered their first complete list
 * @param families the IP families that are served, at least one
 */
public record SyncOptions(int sources, Set<IpFamily> families, Pacing pacing) {
    /** Freezes the set. */
    public SyncOptions {
        if (families.isEmpty()) {
            throw new IllegalArgumentException("IP families: none (expected: at least one)");
        }
        families = Collections.unmodifiableSet(EnumSet.copyOf(families));
    }
}
