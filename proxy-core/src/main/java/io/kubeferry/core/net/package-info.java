/**
 * Sockets on event loops: what a connection needs of them ({@code TcpStream}), how each transport does it, their options, and
 * what their errors mean. On Linux streams are our own ({@code Native…}), on an io_uring ({@code Uring…}) and on epoll ({@code
 * Epoll…}); on NIO they are Netty's channels ({@code ChannelStream}).
 *
 * <p>Start at {@link io.kubeferry.core.net.TcpStream} and {@link io.kubeferry.core.net.Transport}. Imports nothing of ours.
 */
@NullMarked
package io.kubeferry.core.net;

import org.jspecify.annotations.NullMarked;
