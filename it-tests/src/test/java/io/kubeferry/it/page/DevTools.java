package io.kubeferry.it.page;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** The protocol by which a browser is told what to do: commands with answers, and events. Thread-safe. */
final class DevTools implements WebSocket.Listener, AutoCloseable {
    private static final int PATIENCE_SECONDS = 60;

    private final ObjectMapper json = new ObjectMapper();
    private final Map<Integer, CompletableFuture<JsonNode>> waiting = new ConcurrentHashMap<>();
    private final AtomicInteger lastId = new AtomicInteger();
    private final StringBuilder received = new StringBuilder();
    private final Consumer<JsonNode> events;
    private final WebSocket socket;

    /** Connects to the page at {@code uri}; {@code events} hears of what happens there, on a thread of the client. */
    DevTools(HttpClient http, URI uri, Consumer<JsonNode> events) {
        this.events = events;
        this.socket = http.newWebSocketBuilder().buildAsync(uri, this).join();
    }

    /** Does {@code method} with {@code parameters}, and returns its result. */
    JsonNode call(String method, Map<String, ?> parameters) throws Exception {
        int id = lastId.incrementAndGet();
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        waiting.put(id, answer);
        ObjectNode command = json.createObjectNode().put("id", id).put("method", method);
        command.set("params", json.valueToTree(parameters));
        socket.sendText(command.toString(), true).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        JsonNode answered = answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (answered.has("error")) {
            throw new IOException(method + ": " + answered.get("error"));
        }
        return answered.path("result");
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
        received.append(part);
        if (last) {
            String message = received.toString();
            received.setLength(0);
            try {
                handle(json.readTree(message));
            } catch (IOException malformed) {
                throw new IllegalStateException(malformed);
            }
        }
        from.request(1);
        return CompletableFuture.completedStage(null);
    }

    private void handle(JsonNode message) {
        CompletableFuture<JsonNode> answer =
                message.has("id") ? waiting.remove(message.get("id").intValue()) : null;
        if (answer != null) {
            answer.complete(message);
        } else {
            events.accept(message);
        }
    }

    @Override
    public void close() {
        socket.abort();
    }
}
