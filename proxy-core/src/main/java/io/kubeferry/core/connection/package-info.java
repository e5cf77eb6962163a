/**
 * One connection from accept to end: whom it is for, which endpoint takes it, and what became of it.
 *
 * <p>Start at {@link io.kubeferry.core.connection.ConnectionAcceptor}. A connection lives on one event loop. Imports
 * {@code core.relay}, {@code core.balance}, {@code core.net}, {@code core.observe}, {@code core.model}.
 */
@NullMarked
package io.kubeferry.core.connection;

import org.jspecify.annotations.NullMarked;
