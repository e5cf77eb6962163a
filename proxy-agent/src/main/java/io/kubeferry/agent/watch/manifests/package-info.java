/**
 * The cluster's state from a folder of manifests: no API server needed for a demo, a test or a static load balancer.
 *
 * <p>Start at {@link io.kubeferry.agent.watch.manifests.ManifestSource}. What files mean and how contents differ is pure;
 * only {@code ManifestFolder} touches the disk. Imports {@code agent.watch}, {@code agent.translate},
 * {@code agent.state}.
 */
@NullMarked
package io.kubeferry.agent.watch.manifests;

import org.jspecify.annotations.NullMarked;
