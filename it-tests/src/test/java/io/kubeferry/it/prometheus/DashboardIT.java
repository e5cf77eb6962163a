package io.kubeferry.it.prometheus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubeferry.core.testing.Await;
import io.kubeferry.core.testing.FreePorts;
import io.kubeferry.core.testing.TestEndpoint;
import io.kubeferry.it.process.Manifests;
import io.kubeferry.it.process.RunningAgent;
import io.kubeferry.it.process.ServicePlace;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every panel of the dashboard has something to show of an agent that works, scraped as the PodMonitor says. */
class DashboardIT {
    private static final Path DASHBOARD = Path.of(System.getProperty("kubeferry.deploy"), "grafana", "kubeferry.json");
    private static final DateTimeFormatter MICROS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    @TempDir
    private Path folder;

    private final TestEndpoint pod = TestEndpoint.answering("hello");
    private ServicePlace web;
    private ServicePlace down;
    private String refusing;
    private Path manifests;
    private Instant written = Instant.EPOCH;
    private RunningAgent agent;
    private RunningPrometheus prometheus;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(RunningPrometheus.isInstalled(), "skipped: there is no prometheus on the PATH");
        web = ServicePlace.ofClusterIp("10.47.18.10", FreePorts.next());
        down = ServicePlace.ofClusterIp("10.47.18.11", FreePorts.next());
        refusing = "127.0.0.1:" + FreePorts.next();
        manifests = Files.createDirectory(folder.resolve("manifests"));
        writeManifests();
        agent = RunningAgent.onManifests(manifests);
        web.awaitServed();
        prometheus = RunningPrometheus.start(folder, ScrapeConfig.of(agent.metricsAddress(), Manifests.NODE));
    }

    @AfterEach
    void stop() throws Exception {
        if (prometheus != null) {
            prometheus.close();
        }
        if (agent != null) {
            agent.close();
        }
        pod.close();
    }

    @Test
    void noPanelIsEmpty() throws Exception {
        Map<String, String> empty = queries();
        assertThat(empty).hasSizeGreaterThan(30);
        agent.command().collectGarbage();
        try {
            Await.until(() -> {
                live();
                for (Map.Entry<String, String> query : Map.copyOf(empty).entrySet()) {
                    if (hasSamples(prometheus.query(query.getValue()))) {
                        empty.remove(query.getKey());
                    }
                }
                return empty.isEmpty();
            });
        } catch (AssertionError never) {
            throw new AssertionError("panels with an empty answer: " + empty, never);
        }
    }

    @Test
    void labelsOfTheServedServiceWinOverThoseOfOurPod() throws Exception {
        live();
        Await.until(() -> !prometheus.query("kubeferry_connections_total").isEmpty());
        JsonNode labels = prometheus
                .query("kubeferry_connections_total{service=\"web\"}")
                .get(0)
                .path("metric");
        assertThat(labels.path("namespace").asText()).isEqualTo("it");
        assertThat(labels.path("job").asText()).isEqualTo("kubeferry");
        assertThat(labels.path("instance").asText()).isEqualTo(Manifests.NODE);
        assertThat(labels.has("exported_namespace")).isFalse();
    }

    @Test
    void aPrometheusCountsWhatTheClientCounted() throws Exception {
        double before = agent.metric("kubeferry_connections_total", "service=\"web\"");
        for (int i = 0; i < 25; i++) {
            exchange(web);
        }
        agent.awaitNoConnections();
        Await.until(() -> value("kubeferry_connections_total{service=\"web\"}") == before + 25);
        assertThat(value("sum(kubeferry_bytes_total{service=\"web\"})"))
                .isEqualTo(agent.metric("kubeferry_bytes_total", "service=\"web\""));
    }

    @Test
    void dashboardUsesMetricsAndLabelsThatThereAre() throws Exception {
        JsonNode dashboard = new ObjectMapper().readTree(Files.readString(DASHBOARD));
        Set<String> rows = StreamSupport.stream(dashboard.path("panels").spliterator(), false)
                .filter(panel -> panel.path("type").asText().equals("row"))
                .map(panel -> panel.path("title").asText())
                .collect(Collectors.toSet());
        assertThat(rows).contains("Traffic", "Failures", "Latency", "Saturation", "Programming", "Services");
        live();
        for (JsonNode variable : dashboard.path("templating").path("list")) {
            if (variable.path("type").asText().equals("query")) {
                String label = variable.path("name").asText();
                Await.until(() -> !prometheus
                        .query("count by (" + label + ") (kubeferry_connections_total{" + label + "!=\"\"})")
                        .isEmpty());
            }
        }
    }

    /** What a node sees: connections that work, that are retried, that fail; endpoints that change. */
    private void live() throws Exception {
        exchange(web);
        exchange(down);
        // A file that changes all the time is not read, since it may be half written.
        if (Instant.now().isAfter(written.plusSeconds(1))) {
            writeManifests();
        }
    }

    private void writeManifests() throws IOException {
        Path next = folder.resolve("next.yaml");
        Files.writeString(
                next,
                Manifests.file(
                        Manifests.service("web", "10.47.18.10", web.port()),
                        touched(Manifests.slice("web", "web-1", pod.address())),
                        Manifests.slice("web", "web-2", refusing),
                        Manifests.service("down", "10.47.18.11", down.port()),
                        Manifests.slice("down", "down-1", refusing)));
        Files.move(next, manifests.resolve("all.yaml"), StandardCopyOption.ATOMIC_MOVE);
        written = Instant.now();
    }

    /** As the endpoints controller marks a change. */
    private static String touched(String slice) {
        return slice.replace(
                "metadata:\n",
                "metadata:\n  annotations: {endpoints.kubernetes.io/last-change-trigger-time: \""
                        + MICROS.format(Instant.now()) + "\"}\n");
    }

    private static void exchange(ServicePlace place) {
        try (Socket socket = place.connect()) {
            socket.getOutputStream().write("hello".getBytes(StandardCharsets.UTF_8));
            socket.shutdownOutput();
            socket.getInputStream().readAllBytes();
        } catch (IOException reset) {
            // One of the Services is there for that.
        }
    }

    private double value(String expression) throws Exception {
        JsonNode samples = prometheus.query(expression);
        return samples.isEmpty()
                ? 0
                : Double.parseDouble(samples.get(0).path("value").get(1).asText());
    }

    private static boolean hasSamples(JsonNode result) {
        return StreamSupport.stream(result.spliterator(), false)
                .anyMatch(sample -> !sample.path("value").get(1).asText().equals("NaN"));
    }

    /** Every query of every panel, as Grafana sends it with every variable at All. */
    private static Map<String, String> queries() throws IOException {
        Map<String, String> queries = new TreeMap<>();
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put("$__rate_interval", "15s");
        for (String name : Set.of("$job", "$instance", "$namespace", "$service")) {
            variables.put(name, ".*");
        }
        for (JsonNode panel :
                new ObjectMapper().readTree(Files.readString(DASHBOARD)).path("panels")) {
            for (JsonNode target : panel.path("targets")) {
                String expression = target.path("expr").asText();
                for (Map.Entry<String, String> variable : variables.entrySet()) {
                    expression = expression.replace(variable.getKey(), variable.getValue());
                }
                assertThat(expression).doesNotContain("$");
                queries.put(
                        panel.path("title").asText() + "/"
                                + target.path("refId").asText(),
                        expression);
            }
        }
        return queries;
    }
}
