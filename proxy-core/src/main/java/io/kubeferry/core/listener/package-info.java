/**
 * The sockets that listen, kept as the routing plan wants them, and the table that says what each connection is for.
 *
 * <p>Start at {@link io.kubeferry.core.listener.ListenerReconciler} and {@link
 * io.kubeferry.core.listener.DestinationTable}. Changed by the sync thread, read by event loops. Imports {@code
 * core.connection}, {@code core.routing}, {@code core.balance}, {@code core.net}, {@code core.observe}, {@code
 * core.model}.
 */
@NullMarked
package io.kubeferry.core.listener;

import org.jspecify.annotations.NullMarked;
