package io.kubeferry.agent.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.agent.http.HttpCall;
import io.kubeferry.agent.http.HttpReply;
import io.kubeferry.core.observe.CloseReason;
import io.kubeferry.core.observe.ServicePortStats;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A scrape of ten thousand service ports that have all carried connections, and of as many that have not. */
class ManyServicePortsTest {
    private static final int MANY = 10_000;

    @Test
    void everyServicePortThatCarriedAConnectionHasItsSeriesAndNoOther() throws Exception {
        FakeDataPlane dataPlane = new FakeDataPlane();
        IntStream.range(0, MANY).forEach(i -> {
            ServicePortStats stats = dataPlane.serve("s" + i, "http");
            stats.connectionOpened();
            stats.connected(300_000);
            stats.connectionEnded(CloseReason.COMPLETED, 5_000_000);
            dataPlane.serve("quiet" + i, "http");
        });
        try (MetricsExporter exporter = new MetricsExporter(new ServicePortMetrics(dataPlane))) {
            HttpReply reply = exporter.respond(
                    new HttpCall("GET", "/metrics", Map.of(), Map.of(), InetAddress.getLoopbackAddress()));
            String text = new String(reply.body(), StandardCharsets.UTF_8);
            assertThat(text.lines().filter(line -> line.startsWith("kubeferry_connections_total{")))
                    .hasSize(MANY);
            assertThat(text.lines().filter(line -> line.startsWith("kubeferry_connect_duration_seconds_count{")))
                    .hasSize(MANY);
            assertThat(text).doesNotContain("quiet");
        }
    }
}
