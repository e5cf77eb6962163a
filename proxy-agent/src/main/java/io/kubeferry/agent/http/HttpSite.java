package io.kubeferry.agent.http;

/**
 * What a server serves, wherever it listens. Immutable.
 *
 * @param name for the log: {@code metrics}
 */
public record HttpSite(
        String name, HttpRoutes routes, HostCheck hostCheck, HttpLimits limits, ConnectionBudget budget) {
    /** A site for anybody, with the usual limits. */
    public static HttpSite of(String name, HttpRoutes routes) {
        return new HttpSite(name, routes, HostCheck.none(), HttpLimits.DEFAULT, ConnectionBudget.ofDefaultSize());
    }

    /** The same with a check of the {@code Host} header. */
    public HttpSite with(HostCheck check) {
        return new HttpSite(name, routes, check, limits, budget);
    }

    /** The same with a budget that other servers may share. */
    public HttpSite with(ConnectionBudget shared) {
        return new HttpSite(name, routes, hostCheck, limits, shared);
    }
}
