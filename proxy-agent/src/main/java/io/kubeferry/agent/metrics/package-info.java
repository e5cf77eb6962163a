/**
 * What Prometheus sees of this process, under kube-proxy's names where it has one.
 *
 * <p>Start at {@link io.kubeferry.agent.metrics.MetricsExporter}; {@link io.kubeferry.agent.metrics.MetricFamily} is the
 * record of every name. Nothing here is on a connection's path. The only package that knows Micrometer and the Prometheus
 * client; imports {@code agent.http}, {@code agent.sync}, {@code agent.health}, {@code core.model} and {@code core.observe}.
 */
@NullMarked
package io.kubeferry.agent.metrics;

import org.jspecify.annotations.NullMarked;
