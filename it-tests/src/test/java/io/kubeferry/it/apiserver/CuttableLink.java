package io.kubeferry.it.apiserver;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** A way to the API server that can be cut, as a load balancer in front of it cuts long watches. Thread-safe. */
final class CuttableLink implements AutoCloseable {
    private final ServerSocket listening;
    private final int target;
    private final List<Socket> sockets = new ArrayList<>();

    CuttableLink(int target) throws IOException {
        this(target, 0);
    }

    CuttableLink(int target, int port) throws IOException {
        this.target = target;
        listening = new ServerSocket();
        listening.setReuseAddress(true);
        listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listening.getLocalPort();
    }

    /** Ends every connection that is open now. */
    synchronized void cut() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        sockets.clear();
    }

    @Override
    public void close() throws IOException {
        listening.close();
        cut();
    }

    private void accept() {
        try {
            while (true) {
                Socket downstream = listening.accept();
                Socket upstream;
                try {
                    upstream = new Socket(InetAddress.getLoopbackAddress(), target);
                } catch (ConnectException e) {
                    downstream.close();
                    continue;
                }
                synchronized (this) {
                    sockets.add(downstream);
                    sockets.add(upstream);
                }
                Thread.ofVirtual().start(() -> copy(downstream, upstream));
                Thread.ofVirtual().start(() -> copy(upstream, downstream));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private static void copy(Socket from, Socket to) {
        try (from;
                to) {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException e) {
            // cut
        }
    }
}
