package io.kubeferry.it.state;

import io.kubeferry.core.testing.TestEndpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Carries connections to a port of loopback. Immutable. */
record Relay(int port) implements TestEndpoint.Conduct {
    /** Carries those that {@code listener} accepts, until it is closed. */
    void acceptFrom(ServerSocket listener) {
        Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    Socket socket = listener.accept();
                    Thread.ofVirtual().start(() -> serve(socket));
                }
            } catch (IOException closed) {
                // The test goes on without.
            }
        });
    }

    @Override
    public void serve(Socket socket) {
        try (socket;
                Socket upstream = new Socket(InetAddress.getLoopbackAddress(), port)) {
            Thread back = Thread.ofVirtual().start(() -> pump(upstream, socket));
            pump(socket, upstream);
            back.join();
        } catch (IOException | InterruptedException gone) {
            // So is the connection.
        }
    }

    private static void pump(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException gone) {
            // Then both directions end.
        }
    }
}
