package io.kubeferry.agent.cli;

/** The form in which {@code kubeferry status} prints. */
enum StatusFormat {
    /** For people. */
    TEXT,
    /** As the API tells it. */
    JSON
}
