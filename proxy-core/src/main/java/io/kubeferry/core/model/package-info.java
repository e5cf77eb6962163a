/**
 * What kubeferry knows about Services, endpoints and this node, as immutable values.
 *
 * <p>Start at {@link io.kubeferry.core.model.ProxySnapshot}. Everything here is immutable and safe on any thread.
 * Imports the JDK only.
 */
@NullMarked
package io.kubeferry.core.model;

import org.jspecify.annotations.NullMarked;
