/**
 * What kubeferry is told to do, as validated immutable values, and the kube-proxy configuration they may come from.
 *
 * <p>Start at {@link io.kubeferry.agent.options.AgentOptions}. Every record checks itself; who holds one may trust it.
 * Imports {@code core.model}.
 */
@NullMarked
package io.kubeferry.agent.options;

import org.jspecify.annotations.NullMarked;
