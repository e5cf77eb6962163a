package io.kubeferry.core.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/** A port on which SYNs get no answer: a listener that accepts nothing and whose queue is full. Linux only. */
public final class BlackHole implements AutoCloseable {
    private static final int FULL_AFTER_MILLIS = 300;

    private final ServerSocket listener;
    private final List<Socket> queued = new ArrayList<>();

    /** A black hole on 127.0.0.1. */
    public BlackHole() throws IOException {
        this(InetAddress.getLoopbackAddress());
    }

    /** Fills the queue of a listener on {@code address} of this host until the kernel drops what comes. */
    public BlackHole(InetAddress address) throws IOException {
        listener = new ServerSocket(0, 1, address);
        while (true) {
            Socket socket = new Socket();
            queued.add(socket);
            try {
                socket.connect(new InetSocketAddress(address, listener.getLocalPort()), FULL_AFTER_MILLIS);
            } catch (SocketTimeoutException full) {
                return;
            }
        }
    }

    /** {@code address:port}. */
    public String address() {
        return listener.getInetAddress().getHostAddress() + ":" + listener.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        for (Socket socket : queued) {
            socket.close();
        }
        listener.close();
    }
}
