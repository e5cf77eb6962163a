/**
 * Chooses one endpoint for one connection attempt.
 *
 * <p>Start at {@link io.kubeferry.core.balance.EndpointPicker}. Called by all event loops at once. Imports {@code
 * core.model}.
 */
@NullMarked
package io.kubeferry.core.balance;

import org.jspecify.annotations.NullMarked;
