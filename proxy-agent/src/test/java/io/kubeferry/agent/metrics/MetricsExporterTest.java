package io.kubeferry.agent.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.agent.http.HttpCall;
import io.kubeferry.agent.http.HttpReply;
import io.kubeferry.agent.sync.SyncObserver;
import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.model.NodeIdentity;
import io.kubeferry.core.model.ProxySnapshot;
import io.kubeferry.core.observe.CloseReason;
import io.kubeferry.core.observe.DataPlaneView.EndpointReading;
import io.kubeferry.core.observe.ServicePortStats;
import io.kubeferry.core.testing.Snapshots;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MetricsExporterTest {
    private static final Instant NOW = Instant.ofEpochMilli(1_700_000_000_250L);
    private static final ProxySnapshot SNAPSHOT =
            new ProxySnapshot(1, new NodeIdentity("n1", Optional.empty(), List.of()), Map.of());

    private final FakeDataPlane dataPlane = new FakeDataPlane();
    private final SyncMetrics sync = new SyncMetrics(EnumSet.of(IpFamily.IPV4), () -> NOW, new LocalEndpointGaps() {
        @Override
        public int internal(IpFamily family) {
            return 2;
        }

        @Override
        public int external(IpFamily family) {
            return 5;
        }
    });
    private final ProbeMetrics probes = new ProbeMetrics();
    private final RestClientMetrics restClient = new RestClientMetrics();
    private final MetricsExporter exporter = new MetricsExporter(
            new ServicePortMetrics(dataPlane),
            new EndpointMetrics(dataPlane),
            sync,
            probes,
            restClient,
            new AccessLogMetrics(() -> 6, () -> 2),
            new CaptureMetrics(() -> 1),
            new StateMetrics(),
            new AnnotationMetrics(() -> 2),
            new ProcessMetrics("1.2.3", () -> 4096));

    @AfterEach
    void close() {
        exporter.close();
    }

    @Test
    void everyFamilyOfTheCatalogueIsExposedAsItSaysAndNoOther() throws IOException {
        makeEverythingHappen();
        System.gc(); // The pause is told by a listener, some time later.
        Scrape scrape = Scrape.of(exporter);
        for (int i = 0; i < 10_000 && !scrape.familyNames().contains("jvm_gc_pause_seconds"); i++) {
            scrape = Scrape.of(exporter);
        }
        assertThat(scrape.familyNames())
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(MetricFamily.values())
                        .map(MetricFamily::exposedName)
                        .toList());
        for (MetricFamily family : MetricFamily.values()) {
            Scrape.Family exposed = scrape.family(family.exposedName());
            assertThat(exposed.type())
                    .as(family.exposedName())
                    .isEqualToIgnoringCase(family.type().name());
            assertThat(exposed.help()).as(family.exposedName()).isEqualTo(family.help());
            assertThat(exposed.labelNames()).as(family.exposedName()).isEqualTo(new HashSet<>(family.labels()));
        }
    }

    @Test
    void aServicePortIsShownWithEverythingThatHappenedAtIt() throws IOException {
        ServicePortStats web = dataPlane.serve("web", "http");
        web.connectionOpened();
        web.connectionOpened();
        web.connectionOpened();
        web.connectRetried();
        web.connected(Duration.ofMillis(2).toNanos());
        web.movedToEndpoint(100);
        web.movedToClient(2000);
        web.connectionEnded(CloseReason.COMPLETED, Duration.ofSeconds(2).toNanos());
        web.connectionEnded(CloseReason.CONNECT_REFUSED, Duration.ofMillis(1).toNanos());
        dataPlane.bindFailures = 7;
        dataPlane.endpoints.add(new EndpointReading(Snapshots.socketAddress("10.244.0.1:80"), 0, true));
        dataPlane.endpoints.add(new EndpointReading(Snapshots.socketAddress("10.244.0.2:80"), 3, false));
        Scrape scrape = Scrape.of(exporter);
        String labels = "namespace=\"shop\",port=\"http\",service=\"web\"";
        assertThat(scrape.value("kubeferry_connections_total{" + labels + "}")).isEqualTo(3);
        assertThat(scrape.value("kubeferry_connections_active{" + labels + "}")).isEqualTo(1);
        assertThat(scrape.value("kubeferry_connect_retries_total{" + labels + "}"))
                .isEqualTo(1);
        assertThat(scrape.value("kubeferry_bytes_total{direction=\"to_endpoint\"," + labels + "}"))
                .isEqualTo(100);
        assertThat(scrape.value("kubeferry_bytes_total{direction=\"to_client\"," + labels + "}"))
                .isEqualTo(2000);
        assertThat(scrape.value("kubeferry_endpoints_usable{list=\"cluster\"," + labels + "}"))
                .isEqualTo(3);
        assertThat(scrape.family("kubeferry_endpoints_usable").samples()).hasSize(1);
        assertThat(scrape.family("kubeferry_connection_failures_total").samples())
                .containsExactly(Map.entry(
                        "kubeferry_connection_failures_total{namespace=\"shop\",port=\"http\","
                                + "reason=\"connect_refused\",service=\"web\"}",
                        1.0));
        assertThat(scrape.value("kubeferry_connection_duration_seconds_bucket{le=\"0.5\"," + labels + "}"))
                .isEqualTo(1);
        assertThat(scrape.value("kubeferry_connection_duration_seconds_bucket{le=\"+Inf\"," + labels + "}"))
                .isEqualTo(2);
        assertThat(scrape.value("kubeferry_connection_duration_seconds_sum{" + labels + "}"))
                .isEqualTo(2.001);
        assertThat(scrape.value("kubeferry_connect_duration_seconds_count{" + labels + "}"))
                .isEqualTo(1);
        assertThat(scrape.value("kubeferry_listener_bind_failures")).isEqualTo(7);
        assertThat(scrape.value("kubeferry_affinity_clients{" + labels + "}")).isEqualTo(12);
        assertThat(scrape.value("kubeferry_endpoints_set_aside{" + labels + "}"))
                .isEqualTo(1);
    }

    @Test
    void theDataPlaneTellsHowItKeepsUp() throws IOException {
        dataPlane.acceptPauses = 4;
        dataPlane.eventLoopDelay.record(Duration.ofMillis(3).toNanos());
        Scrape scrape = Scrape.of(exporter);
        assertThat(scrape.value("kubeferry_accept_pauses_total")).isEqualTo(4);
        assertThat(scrape.value("kubeferry_event_loop_delay_seconds_bucket{le=\"0.001\"}"))
                .isZero();
        assertThat(scrape.value("kubeferry_event_loop_delay_seconds_sum")).isEqualTo(0.003);
        assertThat(scrape.value("kubeferry_access_log_lines_total")).isEqualTo(6);
        assertThat(scrape.value("kubeferry_access_log_dropped_total")).isEqualTo(2);
    }

    @Test
    void quietServicePortsHaveNoSeriesAndSeriesGoWithTheService() throws IOException {
        dataPlane.serve("quiet", "http");
        dataPlane.serve("busy", "http").connectionOpened();
        assertThat(Scrape.of(exporter).family("kubeferry_connections_total").samples())
                .hasSize(1);
        dataPlane.servicePorts.removeLast();
        assertThat(Scrape.of(exporter).familyNames()).doesNotContain("kubeferry_connections_total");
    }

    @Test
    void endpointsHaveASeriesWhileTheyHaveConnections() throws IOException {
        InetSocketAddress busy = new InetSocketAddress("fd00::1", 8080);
        InetSocketAddress quiet = new InetSocketAddress("10.244.0.1", 8080);
        dataPlane.serve("web", "http");
        dataPlane.endpoints.add(new EndpointReading(busy, 2, false));
        dataPlane.endpoints.add(new EndpointReading(quiet, 0, false));
        assertThat(Scrape.of(exporter)
                        .family("kubeferry_endpoint_connections_active")
                        .samples())
                .containsExactly(Map.entry(
                        "kubeferry_endpoint_connections_active{endpoint=\"[fd00::1]:8080\",namespace=\"shop\","
                                + "port=\"http\",service=\"web\"}",
                        2.0));
        dataPlane.endpoints.clear();
        assertThat(Scrape.of(exporter).familyNames()).doesNotContain("kubeferry_endpoint_connections_active");
    }

    @Test
    void kubeProxysHistogramsHaveItsBuckets() throws IOException {
        sync.succeeded(SNAPSHOT, run(SyncObserver.Extent.FULL), Map.of(IpFamily.IPV4, List.of(Duration.ofSeconds(61))));
        Scrape scrape = Scrape.of(exporter);
        assertThat(buckets(scrape, "kubeproxy_sync_proxy_rules_duration_seconds"))
                .containsExactly(
                        "0.001", "0.002", "0.004", "0.008", "0.016", "0.032", "0.064", "0.128", "0.256", "0.512",
                        "1.024", "2.048", "4.096", "8.192", "16.384", "+Inf");
        assertThat(buckets(scrape, "kubeproxy_network_programming_duration_seconds"))
                .hasSize(2 + 59 + 12 + 7 + 1)
                .startsWith("0.25", "0.5", "1.0", "2.0")
                .contains("59.0", "60.0", "65.0", "115.0", "120.0", "150.0")
                .endsWith("300.0", "+Inf");
        assertThat(scrape.value(
                        "kubeproxy_network_programming_duration_seconds_bucket{ip_family=\"IPv4\",le=\"60.0\"}"))
                .isZero();
        assertThat(scrape.value(
                        "kubeproxy_network_programming_duration_seconds_bucket{ip_family=\"IPv4\",le=\"65.0\"}"))
                .isEqualTo(1);
        restClient.requested("GET", "200", "api:6443", 1);
        assertThat(buckets(Scrape.of(exporter), "rest_client_request_duration_seconds"))
                .containsExactly(
                        "0.005", "0.025", "0.1", "0.25", "0.5", "1.0", "2.0", "4.0", "8.0", "15.0", "30.0", "60.0",
                        "+Inf");
    }

    @Test
    void syncsAreCountedByExtentAndFailuresToo() throws IOException {
        sync.succeeded(SNAPSHOT, run(SyncObserver.Extent.FULL), Map.of());
        sync.succeeded(SNAPSHOT, run(SyncObserver.Extent.PARTIAL), Map.of());
        sync.failed(run(SyncObserver.Extent.PARTIAL));
        Scrape scrape = Scrape.of(exporter);
        assertThat(scrape.value("kubeproxy_sync_proxy_rules_duration_seconds_count{ip_family=\"IPv4\"}"))
                .isEqualTo(3);
        assertThat(scrape.value("kubeproxy_sync_full_proxy_rules_duration_seconds_count{ip_family=\"IPv4\"}"))
                .isEqualTo(1);
        assertThat(scrape.value("kubeproxy_sync_partial_proxy_rules_duration_seconds_count{ip_family=\"IPv4\"}"))
                .isEqualTo(2);
        assertThat(scrape.value("kubeferry_sync_failures_total")).isEqualTo(1);
        assertThat(scrape.value("kubeproxy_sync_proxy_rules_last_timestamp_seconds{ip_family=\"IPv4\"}"))
                .isEqualTo(1_700_000_000.25);
        assertThat(scrape.familyNames()).doesNotContain("kubeproxy_sync_proxy_rules_last_queued_timestamp_seconds");
    }

    @Test
    void changesAndGapsAndProbesKeepTheirExactNames() throws IOException {
        sync.changesSeen(SyncObserver.Subject.SERVICE, 2);
        sync.changesSeen(SyncObserver.Subject.ENDPOINTS, 1);
        sync.changesPending(SyncObserver.Subject.ENDPOINTS, 4);
        probes.healthzAnswered(503);
        probes.livezAnswered(200);
        Scrape scrape = Scrape.of(exporter);
        assertThat(scrape.value("kubeproxy_sync_proxy_rules_service_changes_total"))
                .isEqualTo(2);
        assertThat(scrape.value("kubeproxy_sync_proxy_rules_endpoint_changes_total"))
                .isEqualTo(1);
        assertThat(scrape.value("kubeproxy_sync_proxy_rules_endpoint_changes_pending"))
                .isEqualTo(4);
        String gaps = "kubeproxy_sync_proxy_rules_no_local_endpoints_total";
        assertThat(scrape.family(gaps).type()).isEqualTo("gauge");
        assertThat(scrape.value(gaps + "{ip_family=\"IPv4\",traffic_policy=\"internal\"}"))
                .isEqualTo(2);
        assertThat(scrape.value(gaps + "{ip_family=\"IPv4\",traffic_policy=\"external\"}"))
                .isEqualTo(5);
        assertThat(scrape.value("kubeproxy_proxy_healthz_total{code=\"503\"}")).isEqualTo(1);
        assertThat(scrape.value("kubeproxy_proxy_livez_total{code=\"200\"}")).isEqualTo(1);
        assertThat(scrape.value("kubeferry_build_info{version=\"1.2.3\"}")).isEqualTo(1);
    }

    @Test
    void theProcessTellsOfItself() throws IOException {
        Scrape scrape = Scrape.of(exporter);
        assertThat(scrape.value("process_cpu_seconds_total")).isPositive();
        assertThat(scrape.value("process_open_fds")).isBetween(3.0, scrape.value("process_max_fds"));
        assertThat(scrape.value("process_start_time_seconds")).isGreaterThan(1_600_000_000);
        assertThat(scrape.value("kubeferry_netty_memory_bytes")).isEqualTo(4096);
    }

    @Test
    void aSourceThatFailsHidesNoOther() throws IOException {
        MeterSource broken = exposition -> {
            throw new IllegalStateException("broken");
        };
        try (MetricsExporter half = new MetricsExporter(broken, probes)) {
            assertThat(Scrape.of(half).familyNames()).contains("kubeproxy_proxy_healthz_total");
        }
    }

    @Test
    void labelValuesAreEscaped() throws IOException {
        dataPlane.serve("a\"b\\c\nd", "http").connectionOpened();
        assertThat(
                        Scrape.of(exporter)
                                .value(
                                        "kubeferry_connections_total{namespace=\"shop\",port=\"http\",service=\"a\\\"b\\\\c\\nd\"}"))
                .isEqualTo(1);
    }

    @Test
    void openMetricsAndGzipComeToWhoAcceptsThem() throws IOException {
        makeEverythingHappen();
        HttpReply reply = exporter.respond(new HttpCall(
                "GET",
                "/metrics",
                Map.of(),
                Map.of(
                        "accept", "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;q=0.3",
                        "accept-encoding", "gzip"),
                InetAddress.getLoopbackAddress()));
        assertThat(reply.headers())
                .containsEntry("Content-Type", "application/openmetrics-text; version=1.0.0; charset=utf-8")
                .containsEntry("Content-Encoding", "gzip");
        String text = new String(
                new GZIPInputStream(new ByteArrayInputStream(reply.body())).readAllBytes(), StandardCharsets.UTF_8);
        assertThat(text)
                .endsWith("# EOF\n")
                .contains("# TYPE kubeferry_connections counter\n")
                .contains("kubeferry_connections_total{namespace=\"shop\",port=\"http\",service=\"web\"} 1.0\n")
                .contains("# TYPE kubeproxy_sync_proxy_rules_no_local_endpoints_total gauge\n");
    }

    @Test
    void tenThousandBusyServicePortsAreScrapedWhole() throws IOException {
        for (int i = 0; i < 10_000; i++) {
            dataPlane.serve("service-" + i, "http").connectionOpened();
        }
        HttpReply reply = exporter.respond(new HttpCall(
                "GET", "/metrics", Map.of(), Map.of("accept-encoding", "gzip"), InetAddress.getLoopbackAddress()));
        try (GZIPInputStream text = new GZIPInputStream(new ByteArrayInputStream(reply.body()))) {
            long series = new String(text.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> line.startsWith("kubeferry_connections_total{"))
                    .count();
            assertThat(series).isEqualTo(10_000);
        }
    }

    private void makeEverythingHappen() {
        ServicePortStats web = dataPlane.serve("web", "http");
        web.connectionOpened();
        dataPlane.endpoints.add(new EndpointReading(new InetSocketAddress("10.244.0.1", 8080), 1, false));
        web.connectionEnded(CloseReason.UPSTREAM_RESET, 1);
        sync.queued(Set.of(IpFamily.IPV4));
        sync.succeeded(SNAPSHOT, run(SyncObserver.Extent.FULL), Map.of());
        restClient.requested("GET", "200", "api:6443", 1000);
    }

    private static SyncObserver.Run run(SyncObserver.Extent extent) {
        return new SyncObserver.Run(extent, Duration.ofMillis(3));
    }

    private static List<String> buckets(Scrape scrape, String family) {
        return scrape.family(family).samples().keySet().stream()
                .filter(series -> series.contains("_bucket{"))
                .map(series -> series.replaceAll(".*le=\"([^\"]*)\".*", "$1"))
                .collect(Collectors.toList());
    }
}
