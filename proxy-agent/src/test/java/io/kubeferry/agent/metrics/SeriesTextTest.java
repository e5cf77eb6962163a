package io.kubeferry.agent.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.observe.CloseReason;
import io.kubeferry.core.observe.ServicePortStats;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.Labels;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is written by hand for each service port is what the Prometheus client would write. */
class SeriesTextTest {
    private final FakeDataPlane dataPlane = new FakeDataPlane();

    @ParameterizedTest
    @EnumSource
    void saysTheSameAsTheLibrary(SeriesText.Format format) throws IOException {
        ServicePortStats web = dataPlane.serve("web", "http");
        for (int i = 0; i < 1234; i++) {
            web.connectionOpened();
        }
        web.connectRetried();
        web.connected(Duration.ofNanos(123_456).toNanos());
        web.connected(Duration.ofSeconds(100).toNanos());
        web.movedToEndpoint(9_999_999);
        web.movedToClient(10_000_000);
        for (CloseReason reason : CloseReason.values()) {
            web.connectionEnded(
                    reason, Duration.ofMillis(700L * reason.label().length()).toNanos());
        }
        ServicePortStats huge = dataPlane.serve("huge", "443");
        huge.connectionOpened();
        huge.movedToClient(1L << 60);
        huge.movedToEndpoint(1_234_567_890_123L);
        huge.connectionEnded(CloseReason.COMPLETED, Duration.ofDays(365).toNanos());
        dataPlane.serve("odd \"quoted\" back\\slash\nnew line ü \u4e16", "p").connectionOpened();
        dataPlane.serve("quiet", "http");

        assertThat(ours(format)).isEqualTo(byTheLibrary(format));
    }

    @Test
    void everyFamilyStandsInOnePiece() throws IOException {
        dataPlane.serve("web", "http").connectionOpened();
        dataPlane.serve("other", "http").connectionOpened();
        String text = String.join("\n", written(SeriesText.Format.TEXT)) + "\n";
        assertThat(Scrape.parse(text).familyNames()).hasSize(9);
    }

    @Test
    void manySeriesAreWrittenInPiecesAndWhole() throws IOException {
        for (int i = 0; i < 2_000; i++) {
            dataPlane.serve("service-" + i, "http").connectionOpened();
        }
        assertThat(ours(SeriesText.Format.TEXT)).isEqualTo(byTheLibrary(SeriesText.Format.TEXT));
    }

    @ParameterizedTest
    @EnumSource
    void saysNothingWhereThereIsNothing(SeriesText.Format format) throws IOException {
        dataPlane.serve("quiet", "http");
        assertThat(written(format)).containsExactly("");
    }

    /** In the order of families; within one the library sorts series in another way. */
    private List<String> ours(SeriesText.Format format) throws IOException {
        return written(format).stream().sorted().toList();
    }

    private List<String> written(SeriesText.Format format) throws IOException {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        SeriesText text = new SeriesText(output, format);
        new ServicePortMetrics(dataPlane).writeTo(text);
        text.flush();
        return Arrays.asList(output.toString(StandardCharsets.UTF_8).split("\n"));
    }

    private List<String> byTheLibrary(SeriesText.Format format) throws IOException {
        Exposition exposition = new Exposition();
        dataPlane.servicePorts().stream()
                .filter(servicePort -> servicePort.stats().opened() > 0)
                .forEach(servicePort -> {
                    ServicePortStats stats = servicePort.stats();
                    Labels labels = Labels.of(
                            "namespace", stats.name().namespace(),
                            "service", stats.name().service(),
                            "port", stats.portLabel());
                    exposition.counter(MetricFamily.CONNECTIONS, labels, stats.opened());
                    exposition.gauge(MetricFamily.CONNECTIONS_ACTIVE, labels, stats.active());
                    exposition.counter(MetricFamily.CONNECT_RETRIES, labels, stats.connectRetries());
                    exposition.histogram(MetricFamily.CONNECT_DURATION, labels, stats.connectTime());
                    exposition.histogram(MetricFamily.CONNECTION_DURATION, labels, stats.connectionTime());
                    Labels toEndpoint = labels.add("direction", "to_endpoint");
                    exposition.counter(MetricFamily.BYTES, toEndpoint, stats.bytesToEndpoint());
                    exposition.counter(MetricFamily.BYTES, labels.add("direction", "to_client"), stats.bytesToClient());
                    for (CloseReason reason : CloseReason.values()) {
                        if (reason.isFailure() && stats.ended(reason) > 0) {
                            Labels failed = labels.add("reason", reason.label());
                            exposition.counter(MetricFamily.CONNECTION_FAILURES, failed, stats.ended(reason));
                        }
                    }
                    exposition.gauge(MetricFamily.ENDPOINTS_SET_ASIDE, labels, 0);
                    exposition.gauge(MetricFamily.ENDPOINTS_USABLE, labels.add("list", "cluster"), 3);
                    exposition.gauge(MetricFamily.AFFINITY_CLIENTS, labels, 12);
                });
        ExpositionFormatWriter library = switch (format) {
            case TEXT -> PrometheusTextFormatWriter.create();
            case OPEN_METRICS -> OpenMetricsTextFormatWriter.create();
        };
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        library.write(output, exposition.snapshots());
        return Arrays.stream(output.toString(StandardCharsets.UTF_8).split("\n"))
                .filter(line -> !line.equals("# EOF"))
                .sorted()
                .toList();
    }
}
