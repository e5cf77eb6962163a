/**
 * What one process leaves on disk for the next one: the state file of {@code --state-dir}.
 *
 * <p>Start at {@link io.kubeferry.agent.saved.StateFolder} for reading and {@link io.kubeferry.agent.saved.StateSaver} for
 * writing, which has a thread of its own. Imports {@code agent.state} and {@code core.model}.
 */
@NullMarked
package io.kubeferry.agent.saved;

import org.jspecify.annotations.NullMarked;
