package io.kubeferry.agent.cli;

/** The form in which {@code kubeferry plan} prints. */
enum PlanFormat {
    /** For people. */
    TEXT,
    /** For machines; stable. */
    JSON
}
