/**
 * What the agent would serve, without serving it: {@code kubeferry plan}.
 *
 * <p>Start at {@link io.kubeferry.agent.plan.PlanReader}. Main thread only. Imports the root package, {@code
 * agent.options}, {@code agent.state}, {@code agent.text}, {@code agent.watch}, {@code core.model}, {@code core.routing}.
 */
@NullMarked
package io.kubeferry.agent.plan;

import org.jspecify.annotations.NullMarked;
