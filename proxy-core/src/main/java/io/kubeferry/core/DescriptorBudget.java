package io.kubeferry.core;

/** Divides the process's file descriptors between connections and everything else. Pure. */
final class DescriptorBudget {
    /** For the API server, health and metrics, event loops, jars and logs. */
    private static final int RESERVED = 256;

    private static final int PER_CONNECTION = 2;
    private static final int LEAST_CONNECTIONS = 8;
    private static final int PER_PIPE = 2;
    private static final int DESCRIPTORS_FOR_A_PIPE = 64;
    private static final int LEAST_PIPES = 4;
    private static final int MOST_PIPES = 256;

    private DescriptorBudget() {}

    /**
     * How many pipes bulk may have: a pipe is lent only while a slow reader keeps bytes in it, and without one bulk is copied,
     * so few will do.
     */
    static int pipes(long maxFileDescriptors) {
        return Math.clamp(maxFileDescriptors / DESCRIPTORS_FOR_A_PIPE, LEAST_PIPES, MOST_PIPES);
    }

    /** How many connections fit beside {@code listeners} listening sockets, and the pipes. */
    static int connections(long maxFileDescriptors, int listeners) {
        long left = maxFileDescriptors - RESERVED - listeners - (long) PER_PIPE * pipes(maxFileDescriptors);
        return Math.clamp(left / PER_CONNECTION, LEAST_CONNECTIONS, Integer.MAX_VALUE);
    }
}
