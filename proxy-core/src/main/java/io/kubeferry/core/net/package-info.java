/**
 * Netty's choices in one place: transport, event loops, socket options, and what socket errors mean. On an io_uring sockets have
 * channels of our own ({@code Uring…}), on an epoll set Netty's, with something in between ({@code Epoll…}).
 *
 * <p>Start at {@link io.kubeferry.core.net.Transport}. Imports nothing of ours.
 */
@NullMarked
package io.kubeferry.core.net;

import org.jspecify.annotations.NullMarked;
