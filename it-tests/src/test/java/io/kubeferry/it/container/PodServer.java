package io.kubeferry.it.container;

import java.io.IOException;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * The process of a pod. It answers each connection with its name and the address it sees as the source, then sends back
 * what it gets. Alone in its container: it uses nothing but the JDK, and is one class file.
 */
final class PodServer implements Runnable {
    private final String name;
    private final Socket socket;

    private PodServer(String name, Socket socket) {
        this.name = name;
        this.socket = socket;
    }

    /** Serves as {@code arguments[0]} at port {@code arguments[1]} of every address. */
    public static void main(String... arguments) throws IOException {
        try (ServerSocket server = new ServerSocket(Integer.parseInt(arguments[1]))) {
            while (true) {
                Thread.ofVirtual().start(new PodServer(arguments[0], server.accept()));
            }
        }
    }

    @Override
    public void run() {
        try (socket) {
            OutputStream out = socket.getOutputStream();
            String greeting = name + " " + socket.getInetAddress().getHostAddress() + "\n";
            out.write(greeting.getBytes(StandardCharsets.UTF_8));
            socket.getInputStream().transferTo(out);
        } catch (IOException clientGone) {
            // Its business.
        }
    }
}
