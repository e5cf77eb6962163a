package io.kubeferry.core.observe;

/**
 * A connection that has ended, and when. Immutable.
 *
 * @param endedNanos by the {@link Ticker} of the data plane
 */
public record RecentConnection(long endedNanos, ConnectionSummary connection) {}
