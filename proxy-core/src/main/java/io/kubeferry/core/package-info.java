/**
 * The data plane as a whole.
 *
 * <p>Start at {@link io.kubeferry.core.DataPlane}. The way of an update is {@code routing} then {@code listener}; the
 * way of a connection is {@code listener}, {@code connection}, {@code relay}.
 */
@NullMarked
package io.kubeferry.core;

import org.jspecify.annotations.NullMarked;
