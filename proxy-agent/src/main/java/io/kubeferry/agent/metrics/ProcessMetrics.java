package io.kubeferry.agent.metrics;

import com.sun.management.UnixOperatingSystemMXBean;
import io.prometheus.metrics.model.snapshots.Labels;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * The process as every Prometheus client shows it: dashboards for kube-proxy read these names, which Micrometer does not
 * have. What the platform does not tell is left out. Thread-safe.
 */
public final class ProcessMetrics implements MeterSource {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double MILLIS_PER_SECOND = 1e3;
    private static final long BYTES_PER_KILOBYTE = 1024;
    private static final Path STATUS = Path.of("/proc/self/status");

    private final String version;
    private final LongSupplier nettyMemoryBytes;

    /**
     * The process.
     *
     * @param version of kubeferry
     * @param nettyMemoryBytes off-heap memory that Netty holds
     */
    public ProcessMetrics(String version, LongSupplier nettyMemoryBytes) {
        this.version = version;
        this.nettyMemoryBytes = nettyMemoryBytes;
    }

    @Override
    public void writeTo(Exposition exposition) {
        exposition.gauge(MetricFamily.BUILD_INFO, Exposition.labels(MetricFamily.BUILD_INFO, version), 1);
        exposition.gauge(MetricFamily.NETTY_MEMORY, Labels.EMPTY, nettyMemoryBytes.getAsLong());
        exposition.gauge(
                MetricFamily.PROCESS_START_TIME,
                Labels.EMPTY,
                ManagementFactory.getRuntimeMXBean().getStartTime() / MILLIS_PER_SECOND);
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix) {
            exposition.counter(MetricFamily.PROCESS_CPU, Labels.EMPTY, unix.getProcessCpuTime() / NANOS_PER_SECOND);
            exposition.gauge(MetricFamily.PROCESS_OPEN_FDS, Labels.EMPTY, unix.getOpenFileDescriptorCount());
            exposition.gauge(MetricFamily.PROCESS_MAX_FDS, Labels.EMPTY, unix.getMaxFileDescriptorCount());
        }
        memory(exposition);
    }

    private static void memory(Exposition exposition) {
        List<String> status;
        try {
            status = Files.readAllLines(STATUS);
        } catch (IOException e) {
            return; // No such file: not Linux.
        }
        kilobytes(status, "VmRSS:")
                .ifPresent(kilobytes -> exposition.gauge(
                        MetricFamily.PROCESS_RESIDENT_MEMORY, Labels.EMPTY, kilobytes * BYTES_PER_KILOBYTE));
        kilobytes(status, "VmSize:")
                .ifPresent(kilobytes -> exposition.gauge(
                        MetricFamily.PROCESS_VIRTUAL_MEMORY, Labels.EMPTY, kilobytes * BYTES_PER_KILOBYTE));
    }

    /** The number in a line like {@code VmRSS:    123456 kB}. */
    private static OptionalLong kilobytes(List<String> status, String field) {
        return status.stream()
                .filter(line -> line.startsWith(field))
                .map(line -> line.replaceAll("\\D", ""))
                .filter(digits -> !digits.isEmpty())
                .mapToLong(Long::parseLong)
                .findFirst();
    }
}
