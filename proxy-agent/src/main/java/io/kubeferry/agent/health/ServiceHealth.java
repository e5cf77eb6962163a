package io.kubeferry.agent.health;

import io.kubeferry.agent.state.ObjectName;
import io.kubeferry.core.model.IpFamily;

/**
 * A Service that load balancers probe on this node, in one IP family. Immutable.
 *
 * @param port its {@code healthCheckNodePort}
 * @param localEndpoints distinct addresses of ready endpoints on this node
 */
public record ServiceHealth(ObjectName service, IpFamily family, int port, int localEndpoints) {}
