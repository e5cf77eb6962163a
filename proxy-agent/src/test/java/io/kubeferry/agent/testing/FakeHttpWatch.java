package io.kubeferry.agent.testing;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A watch as a client gets it that fell back from WebSockets: a line for each event, until the connection ends. */
record FakeHttpWatch(Socket socket) implements FakeWatch {
    @Override
    public void send(String event) throws IOException {
        socket.getOutputStream().write((event + "\n").getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
