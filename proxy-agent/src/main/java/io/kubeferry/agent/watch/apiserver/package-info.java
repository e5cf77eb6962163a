/**
 * The cluster's state from the API server, through fabric8's informers.
 *
 * <p>Start at {@link io.kubeferry.agent.watch.apiserver.ApiServerSource}: {@code KubeconfigLoader} finds out where the
 * server is, {@code ApiConnection} holds the client, the source watches with it. Imports {@code agent.watch},
 * {@code agent.translate}, {@code agent.state}.
 */
@NullMarked
package io.kubeferry.agent.watch.apiserver;

import org.jspecify.annotations.NullMarked;
