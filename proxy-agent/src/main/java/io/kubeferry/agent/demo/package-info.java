/**
 * {@code kubeferry demo}: the main job on Services of its own, for someone who has no cluster at hand.
 *
 * <p>Start at {@link io.kubeferry.agent.demo.Demo}. Imports the agent, its options, and {@code http} for the backends.
 */
@NullMarked
package io.kubeferry.agent.demo;

import org.jspecify.annotations.NullMarked;
