/**
 * Netty's choices in one place: transport, event loops, socket options, and what socket errors mean.
 *
 * <p>Start at {@link io.kubeferry.core.net.Transport}. Imports nothing of ours.
 */
@NullMarked
package io.kubeferry.core.net;

import org.jspecify.annotations.NullMarked;
