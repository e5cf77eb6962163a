package io.kubeferry.agent.accesslog;

import io.kubeferry.agent.options.AccessLogFormat;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes entries from the queue and writes their lines, as many at once as are waiting.
 *
 * <p>Threading: a thread of its own, but for {@link #written} and {@link #finish}.
 */
final class LineWriter implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(LineWriter.class);
    private static final int MOST_AT_ONCE = 1024;
    private static final Duration LOOK_PERIOD = Duration.ofMillis(200);
    private static final Duration WARN_PERIOD = Duration.ofSeconds(10);

    private final OutputStream output;
    private final AccessLogFormat format;
    private final BlockingQueue<AccessLogEntry> waiting;
    private final LongAdder dropped;
    private final LongAdder written = new LongAdder();
    private volatile boolean finishing;
    private long droppedAndTold;
    private long lastWarningNanos = System.nanoTime() - WARN_PERIOD.toNanos();
    private String lastFailure = "";
    /** A full disk takes half a line. An empty line after nothing is the smaller harm than two lines in one. */
    private boolean lineMayBeCut;

    LineWriter(OutputStream output, AccessLogFormat format, BlockingQueue<AccessLogEntry> waiting, LongAdder dropped) {
        this.output = output;
        this.format = format;
        this.waiting = waiting;
        this.dropped = dropped;
    }

    long written() {
        return written.sum();
    }

    /** Lets the thread end when nothing is waiting any more. */
    void finish() {
        finishing = true;
    }

    @Override
    public void run() {
        List<AccessLogEntry> batch = new ArrayList<>();
        try (output) {
            boolean last = false;
            while (!last) {
                last = finishing;
                AccessLogEntry first = waiting.poll(last ? 0 : LOOK_PERIOD.toMillis(), TimeUnit.MILLISECONDS);
                if (first != null) {
                    last = false;
                    batch.add(first);
                    waiting.drainTo(batch, MOST_AT_ONCE - 1);
                    write(batch);
                    batch.clear();
                }
                warnOfDrops();
            }
        } catch (IOException failure) {
            LOG.debug("the access log did not close cleanly", failure);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(List<AccessLogEntry> batch) {
        try {
            output.write(lines(batch).getBytes(StandardCharsets.UTF_8));
            lineMayBeCut = false;
            written.add(batch.size());
        } catch (IOException | RuntimeException failure) {
            // A bug must not silence the log for good either.
            lineMayBeCut = failure instanceof IOException;
            lastFailure = " reason=" + failure;
            dropped.add(batch.size());
        }
    }

    private String lines(List<AccessLogEntry> batch) {
        StringBuilder lines = new StringBuilder(lineMayBeCut ? "\n" : "");
        for (AccessLogEntry entry : batch) {
            lines.append(EntryLayout.line(entry, format)).append('\n');
        }
        return lines.toString();
    }

    /** Sums up, at most every ten seconds. */
    private void warnOfDrops() {
        long now = System.nanoTime();
        long all = dropped.sum();
        if (all > droppedAndTold && now - lastWarningNanos >= WARN_PERIOD.toNanos()) {
            LOG.warn("the access log lacks lines dropped={} in-all={}{}", all - droppedAndTold, all, lastFailure);
            droppedAndTold = all;
            lastWarningNanos = now;
            lastFailure = "";
        }
    }
}
