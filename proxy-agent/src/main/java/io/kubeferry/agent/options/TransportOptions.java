package io.kubeferry.agent.options;

import io.kubeferry.core.net.TransportPreference;
import java.util.OptionalInt;

/**
 * How bytes get in and out of the kernel. Immutable.
 *
 * @param preference which of Netty's transports
 * @param eventLoops how many threads carry connections; empty means one a core
 */
public record TransportOptions(TransportPreference preference, OptionalInt eventLoops) {
    private static final int MAX_EVENT_LOOPS = 1024;

    /** What holds where nobody said. */
    public static final TransportOptions DEFAULT = new TransportOptions(TransportPreference.AUTO, OptionalInt.empty());

    /** Checks the number. */
    public TransportOptions {
        eventLoops.ifPresent(count -> {
            if (count < 1 || count > MAX_EVENT_LOOPS) {
                throw new InvalidOption("--event-loops", count, "1.." + MAX_EVENT_LOOPS);
            }
        });
    }
}
