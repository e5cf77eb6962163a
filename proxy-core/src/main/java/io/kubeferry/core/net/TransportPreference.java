package io.kubeferry.core.net;

/** Which transport the user asked for. */
public enum TransportPreference {
    /** The best one that this host offers. */
    AUTO,
    /** Linux, io_uring. */
    IO_URING,
    /** Linux, epoll. */
    EPOLL,
    /** The JDK's own, on every platform. */
    NIO
}
