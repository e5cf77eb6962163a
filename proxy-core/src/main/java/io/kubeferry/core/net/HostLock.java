package io.kubeferry.core.net;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A name that one process of this host can hold at a time: that of an abstract socket, so there is no file to be left
 * behind, whatever the file systems of two containers on the host's network have in common. The kernel frees it when the
 * process ends, however that happens, and tells those who {@link #watch} it. Linux only. Thread-safe.
 */
public final class HostLock implements AutoCloseable {
    /** Nobody accepts: each of those who watch stays in the queue. */
    private static final int MOST_WATCHERS = 16;

    /** Of the network namespace of this process. */
    private static final Path SOCKETS = Path.of("/proc/self/net/unix");

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
            socket.bind(address(name));
            socket.listen(MOST_WATCHERS);
            return Optional.of(new HostLock(socket));
        } catch (IOException taken) {
            close(socket);
            return Optional.empty();
        }
    }

    /** Whether anyone has {@code name}, this process included. Unlike a watch it takes no place in the holder's queue. */
    public static boolean isTaken(String name) {
        // Names are bytes, and those of other programs may be any.
        try (Stream<String> sockets = Files.lines(SOCKETS, StandardCharsets.ISO_8859_1)) {
            return sockets.anyMatch(line -> line.endsWith(" @" + name));
        } catch (IOException | UncheckedIOException notLinux) {
            return false;
        }
    }

    /** Looks at whoever has {@code name} now; empty where nobody has. */
    public static Optional<Watch> watch(String name) {
        Socket socket = Socket.newSocketDomain();
        try {
            if (socket.connect(address(name))) {
                return Optional.of(new Watch(socket));
            }
        } catch (IOException nobody) {
            // Refused.
        }
        close(socket);
        return Optional.empty();
    }

    /** A look at one holder of a name: whoever takes it after that one is another one. Thread-safe. */
    public static final class Watch implements AutoCloseable {
        private final Socket socket;

        private Watch(Socket socket) {
            this.socket = socket;
        }

        /** Whether the holder has the name still. Does not block. */
        public boolean isHeld() {
            try {
                // It never says anything: what comes is the end.
                return socket.recv(ByteBuffer.allocateDirect(1), 0, 1) == 0;
            } catch (IOException gone) {
                return false;
            }
        }

        @Override
        public void close() {
            HostLock.close(socket);
        }
    }

    /** Gives the name back. */
    @Override
    public void close() {
        close(socket);
    }

    private static DomainSocketAddress address(String name) {
        return new DomainSocketAddress('\0' + name);
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException alreadyClosed) {
            // Then the name is free as well.
        }
    }
}
