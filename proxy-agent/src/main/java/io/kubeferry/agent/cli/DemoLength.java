package io.kubeferry.agent.cli;

/** How long {@code kubeferry demo} stays. */
enum DemoLength {
    /** Until the user ends it. */
    UNTIL_INTERRUPTED,
    /** Until its self-check is done. */
    ONCE
}
