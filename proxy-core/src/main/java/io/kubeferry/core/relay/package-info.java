/**
 * Carries the bytes of two connected streams until both directions have ended.
 *
 * <p>Start at {@link io.kubeferry.core.relay.Relay}. Everything of one relay runs on one event loop. Imports {@code
 * core.observe} and {@code core.net}.
 */
@NullMarked
package io.kubeferry.core.relay;

import org.jspecify.annotations.NullMarked;
