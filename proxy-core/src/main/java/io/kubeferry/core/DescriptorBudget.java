package io.kubeferry.core;

/** Divides the process's file descriptors between connections and everything else. Pure. */
final class DescriptorBudget {
    /** For the API server, health and metrics, event loops, jars and logs. */
    private static final int RESERVED = 256;

    private static final int PER_CONNECTION = 2;
    private static final int LEAST_CONNECTIONS = 8;

    private DescriptorBudget() {}

    /** How many connections fit beside {@code listeners} listening sockets. */
    static int connections(long maxFileDescriptors, int listeners) {
        long left = maxFileDescriptors - RESERVED - listeners;
        return Math.clamp(left / PER_CONNECTION, LEAST_CONNECTIONS, Integer.MAX_VALUE);
    }
}
