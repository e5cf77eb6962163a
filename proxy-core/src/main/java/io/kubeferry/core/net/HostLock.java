package io.kubeferry.core.net;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.util.Optional;

/**
 * A name that one process of this host can hold at a time: that of an abstract socket, so there is no file to be left
 * behind, whatever the file systems of two containers on the host's network have in common. The kernel frees it when the
 * process ends, however that happens. Linux only. Thread-safe.
 */
public final class HostLock implements AutoCloseable {
    private final Socket socket;

    private HostLock(Socket socket) {
        this.socket = socket;
    }

    /** Whether this host has such names. */
    public static boolean isAvailable() {
        return Epoll.isAvailable();
    }

    /** Takes {@code name} in the network namespace of this process; empty where another one, or this one, has it. */
    public static Optional<HostLock> take(String name) {
        Socket socket = Socket.newSocketDomain();
        try {
            socket.bind(new DomainSocketAddress('\0' + name));
            return Optional.of(new HostLock(socket));
        } catch (IOException taken) {
            close(socket);
            return Optional.empty();
        }
    }

    /** Gives the name back. */
    @Override
    public void close() {
        close(socket);
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException alreadyClosed) {
            // Then the name is free as well.
        }
    }
}
