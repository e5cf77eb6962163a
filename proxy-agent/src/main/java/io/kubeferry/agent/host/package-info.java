/**
 * All that is read from, or done to, the machine this process runs on.
 *
 * <p>Start at {@link io.kubeferry.agent.host.Host}. Imports {@code core.model}.
 */
@NullMarked
package io.kubeferry.agent.host;

import org.jspecify.annotations.NullMarked;
