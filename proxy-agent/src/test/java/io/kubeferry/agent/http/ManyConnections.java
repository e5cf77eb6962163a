package io.kubeferry.agent.http;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Several connections to one server, closed together. */
final class ManyConnections implements AutoCloseable {
    private final List<RawConnection> connections = new ArrayList<>();

    ManyConnections(HttpServer server, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            connections.add(new RawConnection(server.boundAddresses().getFirst()));
        }
    }

    void sendAll(String request) throws IOException {
        for (RawConnection connection : connections) {
            connection.send(request);
        }
    }

    List<RawConnection> all() {
        return connections;
    }

    @Override
    public void close() throws IOException {
        for (RawConnection connection : connections) {
            connection.close();
        }
    }
}
