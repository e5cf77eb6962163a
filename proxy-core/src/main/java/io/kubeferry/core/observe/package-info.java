/**
 * What the data plane tells the rest of the process: counts per service port, and how each connection ended.
 *
 * <p>Start at {@link io.kubeferry.core.observe.ServicePortStats}. Written by event loops, read by anyone.
 * Imports {@code core.model}.
 */
@NullMarked
package io.kubeferry.core.observe;

import org.jspecify.annotations.NullMarked;
