/**
 * Sockets on event loops: what a connection needs of them ({@code TcpStream}), how each transport does it, their options, and
 * what their errors mean. On an io_uring streams are our own ({@code Uring…}); on NIO and epoll they are Netty's channels, on
 * epoll with something in between ({@code Epoll…}).
 *
 * <p>Start at {@link io.kubeferry.core.net.TcpStream} and {@link io.kubeferry.core.net.Transport}. Imports nothing of ours.
 */
@NullMarked
package io.kubeferry.core.net;

import org.jspecify.annotations.NullMarked;
