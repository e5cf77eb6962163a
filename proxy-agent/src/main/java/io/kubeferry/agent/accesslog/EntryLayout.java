package io.kubeferry.agent.accesslog;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubeferry.agent.options.AccessLogFormat;
import io.kubeferry.core.model.IpAddresses;
import io.kubeferry.core.observe.ConnectionSummary;
import java.math.BigDecimal;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** The line that an entry of the access log is written as, without its end. */
final class EntryLayout {
    private static final String NONE = "-";

    private EntryLayout() {}

    static String line(AccessLogEntry entry, AccessLogFormat format) {
        return switch (format) {
            case TEXT -> text(entry);
            case JSON -> json(entry);
        };
    }

    private static String text(AccessLogEntry entry) {
        ConnectionSummary connection = entry.connection();
        return time(entry) + " " + word(connection.servicePort().qualifiedService()) + ":"
                + word(connection.portLabel())
                + " client=" + address(connection.client())
                + " listener=" + address(connection.listener())
                + " endpoint=" + connection.endpoint().map(EntryLayout::address).orElse(NONE)
                + " attempts=" + connection.attempts()
                + " connect="
                + connection
                        .connectTime()
                        .map(EntryLayout::seconds)
                        .map(taken -> taken + "s")
                        .orElse(NONE)
                + " duration=" + seconds(connection.duration()) + "s"
                + " bytes_to_endpoint=" + connection.bytesToEndpoint()
                + " bytes_to_client=" + connection.bytesToClient()
                + " reason=" + connection.reason().label();
    }

    private static String json(AccessLogEntry entry) {
        ConnectionSummary connection = entry.connection();
        ObjectNode line = JsonNodeFactory.instance.objectNode();
        line.put("time", time(entry));
        line.put("namespace", connection.servicePort().namespace());
        line.put("service", connection.servicePort().service());
        line.put("port", connection.portLabel());
        line.put("client", address(connection.client()));
        line.put("listener", address(connection.listener()));
        line.put("endpoint", connection.endpoint().map(EntryLayout::address).orElse(null));
        line.put("attempts", connection.attempts());
        line.put(
                "connectSeconds",
                connection.connectTime().map(EntryLayout::decimal).orElse(null));
        line.put("durationSeconds", decimal(connection.duration()));
        line.put("bytesToEndpoint", connection.bytesToEndpoint());
        line.put("bytesToClient", connection.bytesToClient());
        line.put("reason", connection.reason().label());
        return line.toString();
    }

    private static String time(AccessLogEntry entry) {
        Instant ended = entry.ended().truncatedTo(ChronoUnit.MILLIS);
        return ended.toString().contains(".")
                ? ended.toString()
                : ended.toString().replace("Z", ".000Z");
    }

    private static String address(InetSocketAddress address) {
        return IpAddresses.format(address.getAddress(), address.getPort());
    }

    private static String seconds(Duration duration) {
        return decimal(duration).toPlainString();
    }

    /** To the microsecond. */
    private static BigDecimal decimal(Duration duration) {
        return BigDecimal.valueOf(duration.toNanos() / 1000, 6);
    }

    /** A name as one word, whatever a manifest called it. */
    private static String word(String name) {
        return name.replaceAll("[^\\x21-\\x7e]", "?");
    }
}
