package io.kubeferry.agent.http;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Several connections to one server, closed together. */
final class ManyConnections implements AutoCloseable {
    private final List<RawConnection> connections = new ArrayList<>();

    ManyConnections(HttpServer server, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            connections.add(new RawConnection(server.boundAddresses().getFirst()));
        }
    }

    /** Sends {@code request} on all of them and waits for the first answer to any. */
    String firstAnswer(String request) throws IOException, InterruptedException {
        BlockingQueue<String> answers = new LinkedBlockingQueue<>();
        for (RawConnection connection : connections) {
            connection.send(request);
            Thread.startVirtualThread(() -> {
                try {
                    answers.add(connection.answer());
                } catch (IOException e) {
                    answers.add("failed: " + e);
                }
            });
        }
        return Objects.requireNonNull(answers.poll(30, TimeUnit.SECONDS), "an answer");
    }

    @Override
    public void close() throws IOException {
        for (RawConnection connection : connections) {
            connection.close();
        }
    }
}
