package io.kubeferry.agent.status;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.RoundingMode;

/** All about the ports of one Service, for a terminal. Pure. */
public final class StatusDetail {
    private StatusDetail() {}

    /** Everything that {@code document} tells. */
    public static String of(JsonNode document) {
        StringBuilder text = new StringBuilder();
        document.path("services").forEach(servicePort -> servicePort(text, servicePort));
        return text.toString();
    }

    private static void servicePort(StringBuilder text, JsonNode servicePort) {
        text.append(StatusText.name(servicePort)).append('\n');
        servicePort
                .path("addresses")
                .forEach(address -> line(
                        text,
                        "  %s %s port %s at %s, policy %s, %s",
                        address.path("kind"),
                        address.path("address"),
                        address.path("port"),
                        address.path("bound"),
                        address.path("policy"),
                        address.path("state")));
        servicePort
                .path("endpoints")
                .forEach(endpoint -> line(
                        text,
                        "  endpoint %s%s, %s%s%s, connections: %s",
                        endpoint.path("address"),
                        endpoint.has("node") ? " on " + endpoint.path("node").asText() : "",
                        endpoint.path("state"),
                        endpoint.path("usable").asBoolean() ? "" : ", not used",
                        endpoint.path("setAside").asBoolean() ? ", set aside" : "",
                        endpoint.path("connections")));
        JsonNode connections = servicePort.path("connections");
        line(
                text,
                "  connections: %s active, %s opened, %s connect attempts repeated",
                connections.path("active"),
                connections.path("opened"),
                connections.path("retried"));
        connections
                .path("failures")
                .properties()
                .forEach(failure -> line(text, "  failed: %s x %s", failure.getValue(), failure.getKey()));
        line(
                text,
                "  bytes: %s to the endpoints, %s to the clients",
                servicePort.path("bytes").path("toEndpoint"),
                servicePort.path("bytes").path("toClient"));
        recent(text, "recent failures", servicePort.path("recentFailures"));
        recent(text, "recent connections", servicePort.path("recentConnections"));
    }

    private static void recent(StringBuilder text, String head, JsonNode connections) {
        if (!connections.isEmpty()) {
            line(text, "  %s:", head);
        }
        connections.forEach(connection -> line(
                text,
                "    %s %s client=%s endpoint=%s attempts=%s duration=%ss bytes_to_endpoint=%s bytes_to_client=%s",
                connection.path("time"),
                connection.path("reason"),
                connection.path("client"),
                connection.path("endpoint").asText("-"),
                connection.path("attempts"),
                seconds(connection.path("durationSeconds")),
                connection.path("bytesToEndpoint"),
                connection.path("bytesToClient")));
    }

    /** To the microsecond, as the access log has it. */
    private static String seconds(JsonNode duration) {
        return duration.decimalValue().setScale(6, RoundingMode.HALF_UP).toPlainString();
    }

    private static void line(StringBuilder text, String format, Object... parts) {
        Object[] words = new Object[parts.length];
        for (int i = 0; i < parts.length; i++) {
            words[i] = StatusText.clean(parts[i] instanceof JsonNode node ? node.asText() : parts[i].toString());
        }
        text.append(format.formatted(words)).append('\n');
    }
}
