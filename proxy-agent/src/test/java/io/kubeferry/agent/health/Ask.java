package io.kubeferry.agent.health;

import io.kubeferry.agent.http.HttpCall;
import io.kubeferry.agent.http.HttpReply;
import io.kubeferry.agent.http.HttpRoutes;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Asks routes without a server. */
final class Ask {
    /** An answer with its body as text. */
    record Answer(int status, Map<String, String> headers, String body) {}

    private Ask() {}

    static Answer path(HttpRoutes routes, String path) throws Exception {
        return path(routes, path, Map.of());
    }

    static Answer path(HttpRoutes routes, String path, Map<String, List<String>> query) throws Exception {
        HttpCall call = new HttpCall("GET", path, query, Map.of(), InetAddress.getLoopbackAddress());
        HttpReply reply =
                Objects.requireNonNull(routes.byPath().get(path)).responder().respond(call);
        return new Answer(reply.status(), reply.headers(), new String(reply.body(), StandardCharsets.UTF_8));
    }
}
