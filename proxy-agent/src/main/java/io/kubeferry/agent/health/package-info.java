/**
 * What probes and load balancers ask: is this process keeping up, may this node get traffic, has a Service endpoints here.
 *
 * <p>Start at {@link io.kubeferry.agent.health.ProbeRoutes} and {@link io.kubeferry.agent.health.ServiceHealthServers}.
 * Imports {@code agent.http}, {@code agent.state}, {@code agent.sync} and {@code core.model}.
 */
@NullMarked
package io.kubeferry.agent.health;

import org.jspecify.annotations.NullMarked;
