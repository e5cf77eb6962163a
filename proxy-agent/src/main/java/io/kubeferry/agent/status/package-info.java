/**
 * What is served right now, for people and programs on this host: the API of the status address, and who reads it.
 *
 * <p>Start at {@link io.kubeferry.agent.status.StatusRoutes} and {@link io.kubeferry.agent.status.StatusClient}. Imports
 * {@code agent.http}, {@code agent.text}, {@code core.observe}, {@code core.routing}, {@code core.model}.
 */
@NullMarked
package io.kubeferry.agent.status;

import org.jspecify.annotations.NullMarked;
