package io.kubeferry.agent.status;

import com.fasterxml.jackson.databind.JsonNode;
import io.kubeferry.agent.text.Amounts;
import io.kubeferry.agent.text.TextTable;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The busiest service ports between two answers of the API, for a terminal. Pure. */
public final class TopText {
    private static final List<String> HEAD =
            List.of("SERVICE", "ACTIVE", "CONNECTIONS", "FAILED", "TO ENDPOINT", "TO CLIENT", "OPENED");
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");
    private static final double NANOS_PER_SECOND = 1e9;

    private TopText() {}

    /** What one service port did in a second. Those that do more come first: bytes count, then connections. */
    private record Load(
            String name, long active, double opened, double failed, double toEndpoint, double toClient, long all) {
        static final Comparator<Load> BUSIEST_FIRST = Comparator.comparingDouble(
                        (Load load) -> load.toEndpoint() + load.toClient())
                .thenComparingDouble(Load::opened)
                .thenComparingLong(Load::active)
                .thenComparingLong(Load::all)
                .reversed()
                .thenComparing(Load::name);

        List<String> row() {
            return List.of(
                    name,
                    Long.toString(active),
                    Amounts.perSecond(opened),
                    Amounts.perSecond(failed),
                    Amounts.bytes(toEndpoint) + "/s",
                    Amounts.bytes(toClient) + "/s",
                    Long.toString(all));
        }
    }

    /** The {@code rows} busiest of {@code now}, by what changed since {@code before}; times in {@code zone}. */
    public static String of(JsonNode before, JsonNode now, int rows, ZoneId zone) {
        Map<String, JsonNode> earlier = new HashMap<>();
        before.path("services").forEach(servicePort -> earlier.put(StatusText.name(servicePort), servicePort));
        Instant time = Instant.parse(now.path("time").asText());
        double seconds = Duration.between(Instant.parse(before.path("time").asText()), time)
                        .toNanos()
                / NANOS_PER_SECOND;
        List<Load> loads = new ArrayList<>();
        now.path("services").forEach(servicePort -> {
            JsonNode old = earlier.get(StatusText.name(servicePort));
            // A Service that is new, or an agent that began anew: there is nothing to compare with.
            loads.add(load(servicePort, old == null ? servicePort : old, seconds));
        });
        loads.sort(Load.BUSIEST_FIRST);
        List<List<String>> table = new ArrayList<>(List.of(HEAD));
        loads.stream().limit(rows).map(Load::row).forEach(table::add);
        return head(now, loads, TIME.format(time.atZone(zone))) + StatusText.problems(now) + "\n" + TextTable.of(table);
    }

    private static String head(JsonNode now, List<Load> loads, String time) {
        return "%s  node %s: %d service ports, %d active, %s connections, %s failed, %s/s to endpoints, %s/s to clients\n"
                .formatted(
                        time,
                        StatusText.clean(now.path("node").asText()),
                        loads.size(),
                        loads.stream().mapToLong(Load::active).sum(),
                        Amounts.perSecond(
                                loads.stream().mapToDouble(Load::opened).sum()),
                        Amounts.perSecond(
                                loads.stream().mapToDouble(Load::failed).sum()),
                        Amounts.bytes(
                                loads.stream().mapToDouble(Load::toEndpoint).sum()),
                        Amounts.bytes(loads.stream().mapToDouble(Load::toClient).sum()));
    }

    private static Load load(JsonNode now, JsonNode before, double seconds) {
        JsonNode connections = now.path("connections");
        return new Load(
                StatusText.name(now),
                connections.path("active").asLong(),
                rate(
                        connections.path("opened").asLong(),
                        before.path("connections").path("opened").asLong(),
                        seconds),
                rate(StatusText.failed(now), StatusText.failed(before), seconds),
                rate(
                        now.path("bytes").path("toEndpoint").asLong(),
                        before.path("bytes").path("toEndpoint").asLong(),
                        seconds),
                rate(
                        now.path("bytes").path("toClient").asLong(),
                        before.path("bytes").path("toClient").asLong(),
                        seconds),
                connections.path("opened").asLong());
    }

    private static double rate(long now, long before, double seconds) {
        return seconds <= 0 || now < before ? 0 : (now - before) / seconds;
    }
}
