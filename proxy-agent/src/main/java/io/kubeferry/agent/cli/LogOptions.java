package io.kubeferry.agent.cli;

/**
 * What is logged, and in which form. Immutable.
 *
 * @param verbosity kube-proxy's {@code -v}
 */
record LogOptions(int verbosity, LogFormat format) {
    private static final int DETAILS_FROM = 4;

    /** Whether details and stack traces are wanted. */
    boolean detailed() {
        return verbosity >= DETAILS_FROM;
    }
}
