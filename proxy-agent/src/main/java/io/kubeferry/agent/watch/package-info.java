/**
 * Where the cluster's state comes from: the API server, or a folder of manifests.
 *
 * <p>Start at {@link io.kubeferry.agent.watch.ClusterSource}. Imports {@code agent.translate} and {@code agent.state}.
 */
@NullMarked
package io.kubeferry.agent.watch;

import org.jspecify.annotations.NullMarked;
