package io.kubeferry.agent.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class TopTextTest {
    @Test
    void whoMovedMoreBytesSinceTheLastAnswerComesFirst() throws Exception {
        JsonNode before = document("10:00:00", port("quiet", 500, 0, 9_000_000), port("busy", 10, 1, 1000));
        JsonNode now = document("10:00:02", port("quiet", 500, 0, 9_000_000), port("busy", 30, 3, 2_001_000));
        assertThat(TopText.of(before, now, 10, ZoneOffset.UTC)).isEqualTo("""
                10:00:02  node n1: 2 service ports, 4 active, 10/s connections, 1.0/s failed, 0 B/s to endpoints, 1.00 MB/s to clients

                SERVICE          ACTIVE  CONNECTIONS  FAILED  TO ENDPOINT  TO CLIENT  OPENED
                shop/busy:http   2       10/s         1.0/s   0 B/s        1.00 MB/s  30
                shop/quiet:http  2       0/s          0/s     0 B/s        0 B/s      500
                """);
    }

    @Test
    void onlySoManyAreShownAndAllAreSummedUp() throws Exception {
        JsonNode before = document("10:00:00", port("a", 0, 0, 0), port("b", 0, 0, 0));
        JsonNode now = document("10:00:01", port("a", 5, 0, 0), port("b", 6, 0, 0));
        assertThat(TopText.of(before, now, 1, ZoneOffset.UTC))
                .contains("2 service ports", "11/s connections", "shop/b:http")
                .doesNotContain("shop/a:http");
    }

    @Test
    void whatBeganAnewHasNoRate() throws Exception {
        JsonNode before = document("10:00:00", port("web", 1000, 9, 5000));
        JsonNode now = document("10:00:01", port("web", 3, 0, 10), port("fresh", 7, 0, 70));
        assertThat(TopText.of(before, now, 10, ZoneOffset.UTC).lines().filter(line -> line.startsWith("shop/")))
                .allSatisfy(line -> assertThat(line).contains(" 0/s ", " 0 B/s "));
    }

    @Test
    void problemsStandOnTop() throws Exception {
        JsonNode document = new ObjectMapper().readTree("""
                {"time": "2026-03-01T10:00:00Z", "node": "n1", "problems": [{"message": "API server\\u001b[2J is away"}],
                 "services": []}""");
        assertThat(TopText.of(document, document, 10, ZoneOffset.UTC)).contains("\nproblem: API server?[2J is away\n");
    }

    private static JsonNode document(String time, String... ports) throws Exception {
        return new ObjectMapper()
                .readTree("{\"time\": \"2026-03-01T" + time + "Z\", \"node\": \"n1\", \"services\": ["
                        + String.join(",", ports) + "]}");
    }

    private static String port(String name, long opened, long failed, long toClient) {
        return """
                {"namespace": "shop", "service": "%s", "port": "http",
                 "connections": {"opened": %d, "active": 2, "failures": {"connect_refused": %d}},
                 "bytes": {"toEndpoint": 0, "toClient": %d}}""".formatted(name, opened, failed, toClient);
    }
}
