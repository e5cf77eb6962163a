/**
 * The agent as a whole: builds the parts, starts them in order, stops them in reverse.
 *
 * <p>Start at {@link io.kubeferry.agent.Agent}. The way of an update is {@code watch}, {@code translate}, {@code state},
 * {@code sync}, and from there into the data plane. May import every part but {@code cli} and {@code demo}.
 */
@NullMarked
package io.kubeferry.agent;

import org.jspecify.annotations.NullMarked;
