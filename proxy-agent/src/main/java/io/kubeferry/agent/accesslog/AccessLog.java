package io.kubeferry.agent.accesslog;

import io.kubeferry.agent.options.AccessLogFormat;
import io.kubeferry.agent.options.AccessLogOptions;
import io.kubeferry.core.observe.ConnectionLog;
import io.kubeferry.core.observe.ConnectionSummary;
import io.kubeferry.core.observe.Ticker;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a line about each connection that has ended. Event loops only put it into a queue; a thread of its own writes.
 * Where that cannot keep up, or cannot write, lines are dropped and counted.
 *
 * <p>Thread-safe.
 */
public final class AccessLog implements ConnectionLog, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AccessLog.class);
    private static final int MAX_WAITING = 16_384;
    /** How long the end waits for lines that are not written yet. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final BlockingQueue<AccessLogEntry> waiting;
    private final InstantSource clock;
    private final LongAdder dropped = new LongAdder();
    private final LineWriter writer;
    private final Thread thread;
    private final Duration patience;
    private volatile boolean closed;

    /**
     * Opens the log.
     *
     * @throws IOException if its file cannot be written
     */
    public static AccessLog open(AccessLogOptions options, InstantSource clock) throws IOException {
        LineSink output = options.file().isPresent()
                ? new RotatedFile(options.file().get(), Ticker.system())
                : new StandardOutput();
        return new AccessLog(output, options.format(), clock, MAX_WAITING, PATIENCE);
    }

    AccessLog(LineSink output, AccessLogFormat format, InstantSource clock, int maxWaiting, Duration patience) {
        this.patience = patience;
        this.waiting = new ArrayBlockingQueue<>(maxWaiting);
        this.clock = clock;
        this.writer = new LineWriter(output, format, waiting, dropped);
        this.thread = Thread.ofPlatform().daemon().name("kubeferry-access-log").start(writer);
    }

    @Override
    public void ended(ConnectionSummary summary) {
        if (closed || !waiting.offer(new AccessLogEntry(clock.instant(), summary))) {
            dropped.increment();
        }
    }

    /** Why the log could not be opened, for people. */
    public static String words(IOException failure) {
        return switch (failure) {
            case NoSuchFileException _ -> "its folder does not exist";
            case AccessDeniedException _ -> "permission denied";
            case FileSystemException told when told.getReason() != null -> told.getReason();
            default -> failure.toString();
        };
    }

    /** Lines written. */
    public long written() {
        return writer.written();
    }

    /** Lines that could not be written. */
    public long dropped() {
        return dropped.sum();
    }

    /** Writes what is waiting, and ends. What cannot be written in good time is dropped and counted. */
    @Override
    public void close() {
        closed = true;
        writer.finish();
        try {
            if (!thread.join(patience)) {
                List<AccessLogEntry> left = new ArrayList<>();
                waiting.drainTo(left);
                int lost = left.size() + writer.abandon();
                dropped.add(lost);
                LOG.warn("the access log was not written to its end dropped={} in-all={}", lost, dropped.sum());
            }
        } catch (InterruptedException inAHurry) {
            Thread.currentThread().interrupt();
        }
    }
}
