package io.kubeferry.agent.cli;

/** How often {@code kubeferry status} and {@code kubeferry top} ask. */
enum Repetition {
    /** Once, and end. */
    ONCE,
    /** Until the user ends it. */
    UNTIL_INTERRUPTED
}
