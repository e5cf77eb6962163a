package io.kubeferry.agent.options;

/** The form of lines in the access log. */
public enum AccessLogFormat {
    /** For people. */
    TEXT,
    /** One object a line, for machines. */
    JSON
}
