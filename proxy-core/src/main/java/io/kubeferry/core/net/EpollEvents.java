package io.kubeferry.core.net;

import io.netty.channel.epoll.EpollIoOps;

/** What epoll tells of a socket, in Linux' numbers ({@code epoll.h}). Pure. */
final class EpollEvents {
    /** EPOLLOUT: there is room for output. */
    static final int OUT = EpollIoOps.EPOLLOUT.value();
    /** EPOLLRDHUP: the input has ended. */
    static final int END = EpollIoOps.EPOLLRDHUP.value();
    /** EPOLLPRI: urgent data is on its way, at which a read stops. */
    static final int URGENT = 0x2;
    /** EPOLLERR and EPOLLHUP, which are told whether they are waited for or not. */
    static final int FAILURE = EpollIoOps.EPOLLERR.value() | 0x10;

    private static final int IN = EpollIoOps.EPOLLIN.value();

    /** Whenever there is more to be read, or a failure, once for each change (EPOLLET). */
    static final EpollIoOps CHANGES_OF_INPUT = EpollIoOps.valueOf(IN | END | URGENT | EpollIoOps.EPOLLET.value());

    /** Whenever anything has changed, once for each change. */
    static final EpollIoOps CHANGES = EpollIoOps.valueOf(CHANGES_OF_INPUT.value() | OUT);

    /** As long as there is a connection to be accepted. */
    static final EpollIoOps CONNECTIONS = EpollIoOps.EPOLLIN;

    /** Failures, each once. Waiting for nothing at all would take the socket out of Netty's set for good. */
    static final EpollIoOps NOTHING = EpollIoOps.EPOLLET;

    private EpollEvents() {}

    /** Whether there is something to be read: bytes, the end, or a failure. */
    static boolean isReadable(int events) {
        return (events & (IN | END | URGENT | FAILURE)) != 0;
    }

    /** Whether it is worth while to write: there is room, or a failure to be met. */
    static boolean isWritable(int events) {
        return (events & (OUT | FAILURE)) != 0;
    }

    /** Whether the connection is gone, or has ended both ways. */
    static boolean isFailure(int events) {
        return (events & FAILURE) != 0;
    }

    /** Whether something comes behind the bytes that are there, so that a read of few bytes has not met the end of them. */
    static boolean hasMoreBehind(int events) {
        return (events & (END | URGENT | FAILURE)) != 0;
    }
}
