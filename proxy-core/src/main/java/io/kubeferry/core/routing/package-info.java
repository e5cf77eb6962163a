/**
 * Decides, purely, what should be listening and which endpoints serve each address.
 *
 * <p>Start at {@link io.kubeferry.core.routing.RoutingPlanner}: snapshot and facts about this host in, {@link
 * io.kubeferry.core.routing.RoutingPlan} out. No input or output, no clock, no state. Imports {@code core.model}.
 */
@NullMarked
package io.kubeferry.core.routing;

import org.jspecify.annotations.NullMarked;
