package io.kubeferry.agent.status;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubeferry.agent.text.TextTable;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;

/** What the API tells, for a terminal. */
public final class StatusText {
    private static final List<String> HEAD = List.of(
            "SERVICE", "ADDRESS", "ENDPOINTS", "ACTIVE", "OPENED", "FAILED", "RETRIED", "TO ENDPOINT", "TO CLIENT");

    private StatusText() {}

    /** The document with nothing but the service ports of {@code service}: {@code NAMESPACE/NAME}, or a name. */
    public static JsonNode only(JsonNode document, String service) {
        ObjectNode filtered = document.deepCopy();
        ArrayNode services = filtered.putArray("services");
        for (JsonNode servicePort : document.path("services")) {
            String name = servicePort.path("service").asText();
            if (service.equals(name)
                    || service.equals(servicePort.path("namespace").asText() + "/" + name)) {
                services.add(servicePort);
            }
        }
        return filtered;
    }

    /** One row for each service port. */
    public static String table(JsonNode document) {
        List<List<String>> rows = new ArrayList<>(List.of(HEAD));
        document.path("services").forEach(servicePort -> rows.add(row(servicePort)));
        StringBuilder text = new StringBuilder(TextTable.of(rows));
        int bindFailures = document.path("bindFailures").asInt();
        if (bindFailures > 0) {
            text.append(bindFailures)
                    .append(bindFailures == 1 ? " address" : " addresses")
                    .append(" could not be bound.\n");
        }
        return text.toString();
    }

    /** Everything about each service port. */
    public static String detail(JsonNode document) {
        StringBuilder text = new StringBuilder();
        for (JsonNode servicePort : document.path("services")) {
            JsonNode connections = servicePort.path("connections");
            text.append(name(servicePort)).append('\n');
            for (JsonNode address : servicePort.path("addresses")) {
                text.append("  ")
                        .append(address.path("kind").asText())
                        .append(' ')
                        .append(address.path("address").asText())
                        .append(" port ")
                        .append(address.path("port").asText())
                        .append(" at ")
                        .append(address.path("bound").asText())
                        .append(", policy ")
                        .append(address.path("policy").asText())
                        .append(", ")
                        .append(address.path("state").asText())
                        .append('\n');
                address.path("endpoints")
                        .forEach(endpoint -> text.append("    endpoint ")
                                .append(endpoint.asText())
                                .append('\n'));
            }
            text.append("  connections: %s active, %s opened, %s connect attempts repeated\n"
                    .formatted(
                            connections.path("active").asText(),
                            connections.path("opened").asText(),
                            connections.path("retried").asText()));
            connections
                    .path("failures")
                    .properties()
                    .forEach(failure -> text.append("  failed: ")
                            .append(failure.getValue().asText())
                            .append(" x ")
                            .append(failure.getKey())
                            .append('\n'));
            text.append("  bytes: %s to the endpoints, %s to the clients\n"
                    .formatted(
                            servicePort.path("bytes").path("toEndpoint").asText(),
                            servicePort.path("bytes").path("toClient").asText()));
        }
        return text.toString();
    }

    private static List<String> row(JsonNode servicePort) {
        JsonNode connections = servicePort.path("connections");
        JsonNode addresses = servicePort.path("addresses");
        String first =
                addresses.isEmpty() ? "-" : addresses.get(0).path("bound").asText();
        long failed = StreamSupport.stream(connections.path("failures").spliterator(), false)
                .mapToLong(JsonNode::asLong)
                .sum();
        JsonNode usable = servicePort.path("usableEndpoints");
        return List.of(
                name(servicePort),
                addresses.size() > 1 ? first + " +" + (addresses.size() - 1) : first,
                usable.path("cluster").asText(usable.path("local").asText("-")),
                connections.path("active").asText(),
                connections.path("opened").asText(),
                Long.toString(failed),
                connections.path("retried").asText(),
                servicePort.path("bytes").path("toEndpoint").asText(),
                servicePort.path("bytes").path("toClient").asText());
    }

    /** The name without what would move a terminal's cursor. */
    private static String name(JsonNode servicePort) {
        String name = servicePort.path("namespace").asText() + "/"
                + servicePort.path("service").asText() + ":"
                + servicePort.path("port").asText();
        return name.replaceAll("\\p{Cntrl}", "?");
    }
}
