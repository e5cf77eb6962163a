package io.kubeferry.core.observe;

import io.kubeferry.core.model.ServicePortName;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/**
 * What happened at one service port since this process began to serve it, over both IP families and all its addresses.
 *
 * <p>Thread-safe: event loops write without locks, exporters read at any time. A connection is counted once when it is
 * accepted and once when it ends, so {@code opened - ended} are active.
 */
public final class ServicePortStats {
    private final ServicePortName name;
    private final String portLabel;
    private final LongAdder opened = new LongAdder();
    /** Filled once, read by index: as cheap as an array. */
    private final Map<CloseReason, LongAdder> endedByReason = new EnumMap<>(CloseReason.class);

    private final LongAdder connectRetries = new LongAdder();
    private final LongAdder bytesToEndpoint = new LongAdder();
    private final LongAdder bytesToClient = new LongAdder();
    private final DurationHistogram connectTime = new DurationHistogram(
            Duration.ofNanos(250_000),
            Duration.ofMillis(1),
            Duration.ofMillis(5),
            Duration.ofMillis(25),
            Duration.ofMillis(100),
            Duration.ofMillis(500),
            Duration.ofSeconds(1),
            Duration.ofSeconds(3),
            Duration.ofSeconds(10));
    private final DurationHistogram connectionTime = new DurationHistogram(
            Duration.ofMillis(5),
            Duration.ofMillis(50),
            Duration.ofMillis(500),
            Duration.ofSeconds(5),
            Duration.ofMinutes(1),
            Duration.ofMinutes(10),
            Duration.ofHours(1),
            Duration.ofHours(10));
    private final RecentConnections recentConnections;
    private final RecentConnections recentFailures;

    /** Counts for {@code name}, shown under {@code portLabel} (the port's name, or its number), alone in its process. */
    public ServicePortStats(ServicePortName name, String portLabel) {
        this(name, portLabel, new RecentLimit(RecentLimit.DEFAULT_MAX_CONNECTIONS));
    }

    /** The same beside others with which it shares {@code recent}. */
    public ServicePortStats(ServicePortName name, String portLabel, RecentLimit recent) {
        recentConnections = new RecentConnections(recent);
        recentFailures = new RecentConnections(recent);
        this.name = name;
        this.portLabel = portLabel;
        for (CloseReason reason : CloseReason.values()) {
            endedByReason.put(reason, new LongAdder());
        }
    }

    /** The service port counted here. */
    public ServicePortName name() {
        return name;
    }

    /** What exporters call the port: its name, or its number where it has none. */
    public String portLabel() {
        return portLabel;
    }

    /** A connection was accepted. */
    public void connectionOpened() {
        opened.increment();
    }

    /** A connection ended. */
    public void connectionEnded(CloseReason reason, long lifetimeNanos) {
        counterOf(reason).increment();
        connectionTime.record(lifetimeNanos);
    }

    /** An endpoint could not be connected and another one is tried. */
    public void connectRetried() {
        connectRetries.increment();
    }

    /** An endpoint was connected, {@code nanos} after this attempt began. */
    public void connected(long nanos) {
        connectTime.record(nanos);
    }

    /** Keeps what became of a connection for a while. */
    public void remember(RecentConnection ended) {
        recentConnections.add(ended);
        if (ended.connection().reason().isFailure()) {
            recentFailures.add(ended);
        }
    }

    /** Bytes went from the client towards the endpoint. */
    public void movedToEndpoint(long bytes) {
        bytesToEndpoint.add(bytes);
    }

    /** Bytes went from the endpoint towards the client. */
    public void movedToClient(long bytes) {
        bytesToClient.add(bytes);
    }

    /** Connections accepted. */
    public long opened() {
        return opened.sum();
    }

    /** Connections accepted and not ended. Never negative, though the two counts are not read at one instant. */
    public long active() {
        long ended = 0;
        for (LongAdder reason : endedByReason.values()) {
            ended += reason.sum();
        }
        return Math.max(0, opened.sum() - ended);
    }

    /** Connections that ended for {@code reason}. */
    public long ended(CloseReason reason) {
        return counterOf(reason).sum();
    }

    /** Connect attempts that were followed by another one. */
    public long connectRetries() {
        return connectRetries.sum();
    }

    /** Bytes read from clients. */
    public long bytesToEndpoint() {
        return bytesToEndpoint.sum();
    }

    /** Bytes read from endpoints. */
    public long bytesToClient() {
        return bytesToClient.sum();
    }

    /** Times that successful connect attempts took. */
    public DurationHistogram.Reading connectTime() {
        return connectTime.read();
    }

    /** Times from accept to end. */
    public DurationHistogram.Reading connectionTime() {
        return connectionTime.read();
    }

    /** The connections that ended last. */
    public RecentConnections recentConnections() {
        return recentConnections;
    }

    /** The connections that failed last, which many that went well do not push out. */
    public RecentConnections recentFailures() {
        return recentFailures;
    }

    private LongAdder counterOf(CloseReason reason) {
        return Objects.requireNonNull(endedByReason.get(reason));
    }
}
