package io.kubeferry.agent.state;

import io.kubeferry.core.model.IpFamily;

/**
 * A port on which load balancers ask whether a Service has endpoints on this node. There is one for each IP family of the
 * Service. Immutable.
 *
 * @param localReadyEndpoints distinct addresses of ready endpoints on this node, over all ports of the Service; hints and
 *     terminating endpoints do not count (kube-proxy: {@code LocalReadyEndpoints})
 */
public record HealthCheckNodePort(ObjectName service, IpFamily family, int port, int localReadyEndpoints) {}
