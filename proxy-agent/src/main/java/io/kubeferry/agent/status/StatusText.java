package io.kubeferry.agent.status;

import com.fasterxml.jackson.databind.JsonNode;
import io.kubeferry.agent.text.TextTable;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;

/** What the API tells, for a terminal. */
public final class StatusText {
    private static final List<String> HEAD = List.of(
            "SERVICE", "ADDRESS", "ENDPOINTS", "ACTIVE", "OPENED", "FAILED", "RETRIED", "TO ENDPOINT", "TO CLIENT");

    private StatusText() {}

    /** One row for each service port. */
    public static String table(JsonNode document) {
        List<List<String>> rows = new ArrayList<>(List.of(HEAD));
        document.path("services").forEach(servicePort -> rows.add(row(servicePort)));
        return problems(document) + TextTable.of(rows);
    }

    /** A line for everything that is wrong now. */
    static String problems(JsonNode document) {
        StringBuilder text = new StringBuilder();
        document.path("problems")
                .forEach(problem -> text.append("problem: ")
                        .append(clean(problem.path("message").asText()))
                        .append('\n'));
        return text.toString();
    }

    private static List<String> row(JsonNode servicePort) {
        JsonNode connections = servicePort.path("connections");
        JsonNode addresses = servicePort.path("addresses");
        String first =
                addresses.isEmpty() ? "-" : addresses.get(0).path("bound").asText();
        JsonNode usable = servicePort.path("usableEndpoints");
        return List.of(
                name(servicePort),
                addresses.size() > 1 ? first + " +" + (addresses.size() - 1) : first,
                usable.path("cluster").asText(usable.path("local").asText("-")),
                connections.path("active").asText(),
                connections.path("opened").asText(),
                Long.toString(failed(servicePort)),
                connections.path("retried").asText(),
                servicePort.path("bytes").path("toEndpoint").asText(),
                servicePort.path("bytes").path("toClient").asText());
    }

    /** How many connections of the service port failed. */
    static long failed(JsonNode servicePort) {
        return StreamSupport.stream(
                        servicePort.path("connections").path("failures").spliterator(), false)
                .mapToLong(JsonNode::asLong)
                .sum();
    }

    /** {@code namespace/name:port}. */
    static String name(JsonNode servicePort) {
        return clean(servicePort.path("namespace").asText() + "/"
                + servicePort.path("service").asText() + ":"
                + servicePort.path("port").asText());
    }

    /** The text without what would move a terminal's cursor. */
    static String clean(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }
}
