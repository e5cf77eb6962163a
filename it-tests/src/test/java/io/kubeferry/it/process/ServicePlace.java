package io.kubeferry.it.process;

import io.kubeferry.core.testing.Await;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** A place on loopback where a service port is offered, as a client sees it. Immutable. */
public record ServicePlace(String address, int port) {
    private static final int PATIENCE_MILLIS = 60_000;

    /** Where the cluster IP {@code 10.b.c.d} is offered. */
    public static ServicePlace ofClusterIp(String clusterIp, int port) {
        return new ServicePlace("127" + clusterIp.substring(clusterIp.indexOf('.')), port);
    }

    /** Where a node port is offered. */
    public static ServicePlace ofNodePort(int port) {
        return new ServicePlace("127.0.0.1", port);
    }

    /** A connection to it. */
    public Socket connect() throws IOException {
        return connect(new Socket());
    }

    /** Connects {@code socket}, whose buffers may have been set. */
    public Socket connect(Socket socket) throws IOException {
        socket.connect(new InetSocketAddress(address, port), PATIENCE_MILLIS);
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    /** What whoever answers a new connection says. */
    public String answer() throws IOException {
        try (Socket socket = connect()) {
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Who answered how often in {@code connections} connections, one after another. */
    public Map<String, Integer> answers(int connections) throws IOException {
        Map<String, Integer> answers = new TreeMap<>();
        for (int i = 0; i < connections; i++) {
            answers.merge(answer(), 1, Integer::sum);
        }
        return answers;
    }

    /** Whether a connection is refused, at connect. */
    public boolean refuses() throws IOException {
        try {
            connect().close();
            return false;
        } catch (ConnectException refused) {
            return true;
        } catch (SocketException reset) {
            // The listener closed at this very moment. That is no answer yet.
            return false;
        }
    }

    /** Returns when connections are accepted. */
    public void awaitServed() throws Exception {
        Await.until(() -> !refuses());
    }

    /** Returns when connections are refused. */
    public void awaitRefused() throws Exception {
        Await.until(this::refuses);
    }

    /** Returns when {@code name} answers. */
    public void awaitAnswerOf(String name) throws Exception {
        Await.until(() -> !refuses() && saysNow(name));
    }

    private boolean saysNow(String name) throws IOException {
        try {
            return answer().equals(name);
        } catch (SocketException reset) {
            // By a listener of a process that has just been killed, say. That is no answer yet.
            return false;
        }
    }
}
