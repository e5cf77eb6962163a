package io.kubeferry.agent.accesslog;

import io.kubeferry.core.observe.ConnectionSummary;
import java.time.Instant;

/** A connection and when it ended. Immutable. */
record AccessLogEntry(Instant ended, ConnectionSummary connection) {}
