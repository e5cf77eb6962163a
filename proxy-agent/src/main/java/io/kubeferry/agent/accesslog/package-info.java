/**
 * The access log: a line for each connection that has ended, written beside the event loops.
 *
 * <p>Start at {@link io.kubeferry.agent.accesslog.AccessLog}. Imports {@code agent.options}, {@code core.observe}, {@code
 * core.model}.
 */
@NullMarked
package io.kubeferry.agent.accesslog;

import org.jspecify.annotations.NullMarked;
