package io.kubeferry.agent.options;

import java.util.OptionalInt;

/**
 * How bytes get in and out of the kernel. Immutable.
 *
 * @param kind which of Netty's transports
 * @param eventLoops how many threads carry connections; empty means one a core
 */
public record TransportOptions(Kind kind, OptionalInt eventLoops) {
    private static final int MAX_EVENT_LOOPS = 1024;

    /** What holds where nobody said. */
    public static final TransportOptions DEFAULT = new TransportOptions(Kind.AUTO, OptionalInt.empty());

    /** Checks the number. */
    public TransportOptions {
        eventLoops.ifPresent(count -> {
            if (count < 1 || count > MAX_EVENT_LOOPS) {
                throw new InvalidOption("--event-loops", count, "1.." + MAX_EVENT_LOOPS);
            }
        });
    }

    /** One of Netty's transports. */
    public enum Kind {
        /** The best that works here. */
        AUTO,
        /** Linux's epoll. */
        EPOLL,
        /** Java's own, everywhere. */
        NIO
    }
}
