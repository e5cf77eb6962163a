package io.kubeferry.agent.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.agent.sync.SyncObserver;
import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.model.NodeIdentity;
import io.kubeferry.core.model.ProxySnapshot;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** kube-proxy's metrics as its dashboards and alerts know them ({@code pkg/proxy/metrics/metrics.go}). */
class KubeProxyMetricsTest {
    private static final String SYNC = bounds(IntStream.range(0, 15).mapToObj(power -> (1 << power) / 1000.0));
    private static final String PROGRAMMING = bounds(Stream.of(
                    Stream.of(0.25, 0.5),
                    IntStream.rangeClosed(1, 59).mapToObj(Double::valueOf),
                    IntStream.rangeClosed(12, 23).mapToObj(fives -> fives * 5.0),
                    IntStream.rangeClosed(4, 10).mapToObj(thirties -> thirties * 30.0))
            .flatMap(part -> part));
    private static final Set<IpFamily> FAMILIES = EnumSet.allOf(IpFamily.class);

    private final SyncMetrics sync = new SyncMetrics(FAMILIES, () -> Instant.EPOCH, new LocalEndpointGaps() {
        @Override
        public int internal(IpFamily family) {
            return 0;
        }

        @Override
        public int external(IpFamily family) {
            return 0;
        }
    });
    private final MetricsExporter exporter = new MetricsExporter(sync, new ProbeMetrics());

    @AfterEach
    void close() {
        exporter.close();
    }

    @ParameterizedTest
    @CsvSource({
        "kubeproxy_sync_proxy_rules_duration_seconds,                histogram, ip_family, sync",
        "kubeproxy_sync_full_proxy_rules_duration_seconds,           histogram, ip_family, sync",
        "kubeproxy_sync_partial_proxy_rules_duration_seconds,        histogram, ip_family, sync",
        "kubeproxy_sync_proxy_rules_last_timestamp_seconds,          gauge,     ip_family, ''",
        "kubeproxy_sync_proxy_rules_last_queued_timestamp_seconds,   gauge,     ip_family, ''",
        "kubeproxy_network_programming_duration_seconds,             histogram, ip_family, programming",
        "kubeproxy_sync_proxy_rules_endpoint_changes_pending,        gauge,     '',        ''",
        "kubeproxy_sync_proxy_rules_endpoint_changes_total,          counter,   '',        ''",
        "kubeproxy_sync_proxy_rules_service_changes_pending,         gauge,     '',        ''",
        "kubeproxy_sync_proxy_rules_service_changes_total,           counter,   '',        ''",
        "kubeproxy_sync_proxy_rules_no_local_endpoints_total,        gauge,     ip_family traffic_policy, ''",
        "kubeproxy_proxy_healthz_total,                              counter,   code,      ''",
        "kubeproxy_proxy_livez_total,                                counter,   code,      ''",
    })
    void hasItsTypeLabelsAndBucketsForEveryFamily(String name, String type, String labels, String buckets)
            throws IOException {
        sync.queued(FAMILIES);
        sync.succeeded(
                new ProxySnapshot(1, new NodeIdentity("n1", Optional.empty(), List.of()), Map.of()),
                new SyncObserver.Run(SyncObserver.Extent.FULL, Duration.ofMillis(1)),
                Map.of());

        Scrape.Family family = Scrape.of(exporter).family(name);

        assertThat(family.type()).isEqualTo(type);
        assertThat(family.labelNames()).isEqualTo(words(labels));
        for (String ipFamily : labels.contains("ip_family") ? List.of("IPv4", "IPv6") : List.of("")) {
            List<String> series = family.samples().keySet().stream()
                    .filter(sample -> ipFamily.isEmpty() || sample.contains("ip_family=\"" + ipFamily + "\""))
                    .toList();
            assertThat(series).isNotEmpty();
            assertThat(bounds(series.stream()
                            .filter(sample -> sample.contains("le=\"") && !sample.contains("+Inf"))
                            .map(sample -> Double.valueOf(sample.replaceAll(".*le=\"([^\"]*)\".*", "$1")))))
                    .isEqualTo(
                            switch (buckets) {
                                case "sync" -> SYNC;
                                case "programming" -> PROGRAMMING;
                                default -> "";
                            });
        }
    }

    private static Set<String> words(String text) {
        return text.isEmpty() ? Set.of() : Set.of(text.split(" "));
    }

    private static String bounds(Stream<Double> bounds) {
        return bounds.map(String::valueOf).collect(Collectors.joining(" "));
    }
}
