package io.kubeferry.core.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;

/** A pod as far as a connection can tell: a server on a loopback port that treats every connection in one way. */
public final class TestEndpoint implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 60_000;

    private final ServerSocket listener;
    private final Conduct conduct;
    private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
    private final LongAdder accepted = new LongAdder();
    private final Thread accepting;

    /** What is done with a connection; it is closed afterwards. */
    @FunctionalInterface
    public interface Conduct {
        void serve(Socket socket) throws IOException;
    }

    /** Serves every connection as {@code conduct} says. */
    public TestEndpoint(Conduct conduct) {
        this(InetAddress.getLoopbackAddress(), conduct);
    }

    /** The same on another address of this host. */
    public TestEndpoint(InetAddress address, Conduct conduct) {
        this(address, 0, conduct);
    }

    /** Serves every connection to a {@code port} that is free, as {@code conduct} says. */
    public static TestEndpoint at(int port, Conduct conduct) {
        return new TestEndpoint(InetAddress.getLoopbackAddress(), port, conduct);
    }

    private TestEndpoint(InetAddress address, int port, Conduct conduct) {
        try {
            listener = new ServerSocket(port, 1_024, address);
        } catch (IOException unexpected) {
            throw new UncheckedIOException(unexpected);
        }
        this.conduct = conduct;
        accepting = Thread.ofVirtual().name("test endpoint").start(this::accept);
    }

    /** Says {@code name} and ends. */
    public static TestEndpoint saying(String name) {
        return new TestEndpoint(socket -> socket.getOutputStream().write(name.getBytes(StandardCharsets.UTF_8)));
    }

    /** Sends back what it gets until the client ends its direction. */
    public static TestEndpoint echoing() {
        return new TestEndpoint(socket -> {
            socket.getInputStream().transferTo(socket.getOutputStream());
            socket.shutdownOutput();
        });
    }

    /** Reads all of the request, then answers with {@code prefix} and the request. */
    public static TestEndpoint answering(String prefix) {
        return answeringAt(0, prefix);
    }

    /** The same at a {@code port} that is free. */
    public static TestEndpoint answeringAt(int port, String prefix) {
        return at(port, socket -> {
            byte[] request = socket.getInputStream().readAllBytes();
            socket.getOutputStream().write(prefix.getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().write(request);
        });
    }

    /** Reads and says nothing until the client goes away. */
    public static TestEndpoint silent() {
        return new TestEndpoint(socket -> {
            while (socket.getInputStream().read() >= 0) {
                // Swallow it.
            }
        });
    }

    /** {@code address:port}, the address being 127.0.0.1 unless another one was given. */
    public String address() {
        return listener.getInetAddress().getHostAddress() + ":" + listener.getLocalPort();
    }

    /** The number of connections that came. */
    public long accepted() {
        return accepted.sum();
    }

    @Override
    public void close() {
        try {
            listener.close();
            // Until the thread that accepts has noticed, the port takes connections.
            accepting.join();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException unexpected) {
            throw new UncheckedIOException(unexpected);
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted while closing", e);
        }
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                socket.setSoTimeout(PATIENCE_MILLIS);
                sockets.add(socket);
                accepted.increment();
                Thread.ofVirtual().name("test endpoint connection").start(() -> serve(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            conduct.serve(socket);
        } catch (IOException gone) {
            // The client reset the connection, or the test is over.
        } finally {
            sockets.remove(socket);
        }
    }
}
