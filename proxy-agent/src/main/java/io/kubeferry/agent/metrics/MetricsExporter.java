package io.kubeferry.agent.metrics;

import io.kubeferry.agent.http.HttpCall;
import io.kubeferry.agent.http.HttpReply;
import io.kubeferry.agent.http.HttpResponder;
import io.kubeferry.agent.metrics.SeriesText.Format;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers scrapes of {@code /metrics}: the JVM's meters from Micrometer, everything else from {@link MeterSource}s, read
 * when they are asked for. Text or OpenMetrics, as the client accepts. Thread-safe.
 */
public final class MetricsExporter implements HttpResponder, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(MetricsExporter.class);

    private static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics gcMetrics = new JvmGcMetrics();
    private final AtomicBoolean failureReported = new AtomicBoolean();
    private final List<MeterSource> sources;

    /** Exposes the JVM and {@code sources}. */
    public MetricsExporter(MeterSource... sources) {
        this.sources = List.of(sources);
        Set<String> known = Arrays.stream(MetricFamily.values())
                .map(MetricFamily::exposedName)
                .collect(Collectors.toSet());
        // Micrometer's binders know many more meters than anybody asked for.
        registry.config()
                .meterFilter(MeterFilter.denyUnless(id -> known.contains(
                        registry.config().namingConvention().name(id.getName(), id.getType(), id.getBaseUnit()))));
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        gcMetrics.bindTo(registry);
        MultiCollector collector = this::collect;
        registry.getPrometheusRegistry().register(collector);
    }

    private MetricSnapshots collect() {
        Exposition exposition = new Exposition();
        for (MeterSource source : sources) {
            try {
                source.writeTo(exposition);
            } catch (RuntimeException e) {
                report(source, e);
            }
        }
        return exposition.snapshots();
    }

    /** One source's mistake must not hide the others' values, nor fill the log at every scrape. */
    private void report(MeterSource source, RuntimeException failure) {
        if (failureReported.compareAndSet(false, true)) {
            log.warn(
                    "Metrics are incomplete, the others are served; this is a mistake in kubeferry: source={} reason={}",
                    source.getClass().getSimpleName(),
                    failure.toString());
        }
        log.debug("A source of metrics failed", failure);
    }

    @Override
    public HttpReply respond(HttpCall call) throws IOException {
        String contentType = call.header("accept")
                .filter(accept -> accept.contains("application/openmetrics-text"))
                .map(accept -> OPEN_METRICS)
                .orElse(TEXT);
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", contentType);
        boolean compressed = call.header("accept-encoding")
                .filter(encodings -> encodings.contains("gzip"))
                .isPresent();
        if (compressed) {
            headers.put("Content-Encoding", "gzip");
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        try (OutputStream output = compressed ? new FastGzip(body) : body) {
            // First these: what the library writes ends with the end of it all in OpenMetrics.
            writeSeries(output, contentType.equals(OPEN_METRICS) ? Format.OPEN_METRICS : Format.TEXT);
            registry.scrape(output, contentType);
        }
        return new HttpReply(200, headers, body.toByteArray());
    }

    private void writeSeries(OutputStream output, Format format) throws IOException {
        SeriesText text = new SeriesText(output, format);
        for (MeterSource source : sources) {
            try {
                source.writeTo(text);
            } catch (RuntimeException e) {
                report(source, e);
            }
        }
        text.flush();
    }

    /** Series of one kind are so alike that trying hard gains little. */
    private static final class FastGzip extends GZIPOutputStream {
        FastGzip(OutputStream compressed) throws IOException {
            super(compressed, 1 << 16);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }

    /** Ends the listening for garbage collections. */
    @Override
    public void close() {
        gcMetrics.close();
        registry.close();
    }
}
