package io.kubeferry.agent.status;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubeferry.core.model.IpAddresses;
import io.kubeferry.core.observe.ConnectionSummary;
import io.kubeferry.core.observe.RecentConnection;
import java.math.BigDecimal;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** Connections that ended lately; fields are called as in the access log. Pure. */
final class RecentJson {
    private RecentJson() {}

    static void write(ArrayNode json, List<RecentConnection> connections, StatusReading.Moment moment) {
        for (RecentConnection recent : connections) {
            ConnectionSummary connection = recent.connection();
            ObjectNode entry = json.addObject();
            entry.put(
                    "time",
                    moment.at(recent.endedNanos())
                            .truncatedTo(ChronoUnit.MILLIS)
                            .toString());
            entry.put("client", address(connection.client()));
            entry.put("listener", address(connection.listener()));
            entry.put("endpoint", connection.endpoint().map(RecentJson::address).orElse(null));
            entry.put("attempts", connection.attempts());
            entry.put(
                    "connectSeconds",
                    connection.connectTime().map(RecentJson::seconds).orElse(null));
            entry.put("durationSeconds", seconds(connection.duration()));
            entry.put("bytesToEndpoint", connection.bytesToEndpoint());
            entry.put("bytesToClient", connection.bytesToClient());
            entry.put("reason", connection.reason().label());
        }
    }

    private static String address(InetSocketAddress address) {
        return IpAddresses.format(address.getAddress(), address.getPort());
    }

    /** To the microsecond. */
    private static BigDecimal seconds(Duration duration) {
        return BigDecimal.valueOf(duration.toNanos() / 1000, 6);
    }
}
