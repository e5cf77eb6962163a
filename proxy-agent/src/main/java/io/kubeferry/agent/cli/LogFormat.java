package io.kubeferry.agent.cli;

/** The form of log lines. */
enum LogFormat {
    /** For people. */
    TEXT,
    /** One object a line, for machines. */
    JSON
}
