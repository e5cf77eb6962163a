package io.kubeferry.agent.options;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How one process takes over from another. Immutable.
 *
 * @param overlap whether two may be at work at a time, as in a rolling update
 * @param readyFile a file that is there while everything that should be served is; empty means none
 * @param stateDir the folder in which one process leaves what it serves for the next one; empty means none
 */
public record HandOverOptions(boolean overlap, Optional<Path> readyFile, Optional<Path> stateDir) {
    /** What holds where nobody said. */
    public static final HandOverOptions DEFAULT = new HandOverOptions(false, Optional.empty(), Optional.empty());
}
