/**
 * Brings what the cluster wants to the data plane: one paced, coalesced pass after the other.
 *
 * <p>Start at {@link io.kubeferry.agent.sync.Syncer}. One thread runs every sync; events come from any thread.
 * Imports {@code agent.watch}, {@code agent.state}, {@code core.model} and {@code core.observe}.
 */
@NullMarked
package io.kubeferry.agent.sync;

import org.jspecify.annotations.NullMarked;
