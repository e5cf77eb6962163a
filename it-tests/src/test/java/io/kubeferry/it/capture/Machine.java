package io.kubeferry.it.capture;

import io.kubeferry.core.model.IpAddresses;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A node, a pod or a client: a namespace with what happens in it. Servers answer each connection with the machine's name
 * and the address they see as its source, then send back what they get. Thread-safe.
 */
public final class Machine implements AutoCloseable {
    /** Until nothing is taken for no answer. */
    private static final int ANSWER_MILLIS = 1_500;

    /** For what must come, if need be with a packet that is repeated more than once. */
    private static final int PATIENCE_MILLIS = 20_000;

    private final String name;
    private final String ipv4;
    private final String ipv6;
    private final NetworkNamespace namespace;
    private final Set<Integer> served = ConcurrentHashMap.newKeySet();
    private final List<Closeable> sockets = new CopyOnWriteArrayList<>();

    /** A machine that is {@code namespace}, where it has these addresses. */
    public Machine(String name, String ipv4, String ipv6, NetworkNamespace namespace) {
        this.name = name;
        this.ipv4 = ipv4;
        this.ipv6 = ipv6;
        this.namespace = namespace;
    }

    /** What its servers answer. */
    public String name() {
        return name;
    }

    /** Its address of a family. */
    public String address(Family family) {
        return family == Family.IPV4 ? ipv4 : ipv6;
    }

    /** Where it is. */
    public NetworkNamespace namespace() {
        return namespace;
    }

    /** As {@link #serve}, unless it does already. */
    void serveOnce(int port) throws Exception {
        if (served.add(port)) {
            serve(port);
        }
    }

    /** Serves at {@code port} of all its addresses, of both families. */
    void serve(int port) throws Exception {
        ServerSocket server = namespace.call(() -> new ServerSocket(port, 256));
        sockets.add(server);
        Thread.ofVirtual().name("server-" + name).start(() -> {
            while (!server.isClosed()) {
                try {
                    Socket socket = server.accept();
                    sockets.add(socket);
                    Thread.ofVirtual().start(() -> answer(socket));
                } catch (IOException closed) {
                    return;
                }
            }
        });
    }

    /** Takes datagrams at {@code port} of all its addresses, and answers none. */
    void swallowDatagrams(int port) throws Exception {
        sockets.add(namespace.call(() -> new DatagramSocket(port)));
    }

    private void answer(Socket socket) {
        try (socket) {
            OutputStream out = socket.getOutputStream();
            out.write(
                    (name + " " + IpAddresses.format(socket.getInetAddress()) + "\n").getBytes(StandardCharsets.UTF_8));
            socket.getInputStream().transferTo(out);
        } catch (IOException clientGone) {
            // Its business.
        } finally {
            sockets.remove(socket);
        }
    }

    /** Connects to {@code address} and tells what came of it: {@code NAME SOURCE} of the server, or why there was none. */
    public String ask(String address, int port) throws Exception {
        try (Connection connection = connect(0, address, port, ANSWER_MILLIS)) {
            return connection.greeting();
        } catch (SocketTimeoutException noAnswer) {
            return "no answer";
        } catch (NoRouteToHostException noRoute) {
            return "no route";
        } catch (ConnectException refused) {
            return String.valueOf(refused.getMessage()).contains("refused") ? "refused" : refused.getMessage();
        } catch (SocketException reset) {
            return "reset";
        }
    }

    /** Sends a datagram to {@code address} and tells what came of it: {@code refused}, or {@code no answer}. */
    String askByUdp(String address, int port) throws Exception {
        return namespace.call(() -> {
            try (DatagramSocket socket = new DatagramSocket()) {
                socket.connect(InetAddress.ofLiteral(address), port);
                socket.setSoTimeout(ANSWER_MILLIS);
                socket.send(new DatagramPacket(new byte[] {1}, 1));
                socket.receive(new DatagramPacket(new byte[1], 1));
                return "an answer";
            } catch (SocketTimeoutException nothing) {
                return "no answer";
            } catch (IOException refused) {
                // Its own node's refusal already makes sending fail.
                return "refused";
            }
        });
    }

    /** A connection that stays. */
    public Connection connect(String address, int port) throws Exception {
        return connectFrom(0, address, port);
    }

    /** As {@link #connect}, from a port of this machine's that is given. */
    Connection connectFrom(int ownPort, String address, int port) throws Exception {
        return connect(ownPort, address, port, PATIENCE_MILLIS);
    }

    private Connection connect(int ownPort, String address, int port, int connectMillis) throws Exception {
        Socket socket = namespace.call(() -> {
            Socket connecting = new Socket();
            try {
                if (ownPort != 0) {
                    connecting.setReuseAddress(true);
                    connecting.bind(new InetSocketAddress(ownPort));
                }
                connecting.connect(new InetSocketAddress(InetAddress.ofLiteral(address), port), connectMillis);
            } catch (IOException failure) {
                connecting.close();
                throw failure;
            }
            return connecting;
        });
        socket.setSoTimeout(PATIENCE_MILLIS);
        return new Connection(socket);
    }

    @Override
    public void close() throws IOException {
        for (Closeable socket : sockets) {
            socket.close();
        }
        namespace.close();
    }

    /** An established connection to a server. Test thread only. */
    public static final class Connection implements AutoCloseable {
        private final Socket socket;
        private final BufferedReader reader;
        private final String greeting;

        Connection(Socket socket) throws IOException {
            this.socket = socket;
            this.reader = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            String line;
            try {
                line = reader.readLine();
            } catch (IOException failure) {
                socket.close();
                throw failure;
            }
            this.greeting = line == null ? "closed" : line;
        }

        /** {@code NAME SOURCE} of the server. */
        public String greeting() {
            return greeting;
        }

        /** Whether what is sent comes back. */
        public boolean echoes(String text) {
            try {
                socket.getOutputStream().write((text + "\n").getBytes(StandardCharsets.UTF_8));
                return text.equals(reader.readLine());
            } catch (IOException broken) {
                return false;
            }
        }

        /** Waits for what ends it: {@code reset}, {@code closed}, or whatever was said instead. */
        String end() {
            try {
                String line = reader.readLine();
                return line == null ? "closed" : line;
            } catch (IOException broken) {
                return String.valueOf(broken.getMessage()).contains("reset") ? "reset" : broken.toString();
            }
        }

        /** Ends it at once, and with a reset, so that its ports are free again. */
        void abort() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }

        @Override
        public String toString() {
            return greeting + " over " + socket;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
