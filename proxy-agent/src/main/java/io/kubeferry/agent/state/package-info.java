/**
 * The cluster as this process last saw it, and the one writer that turns it into snapshots for the data plane.
 *
 * <p>Start at {@link io.kubeferry.agent.state.ClusterState}. Knows nothing of the API client; imports {@code core.model} only.
 */
@NullMarked
package io.kubeferry.agent.state;

import org.jspecify.annotations.NullMarked;
