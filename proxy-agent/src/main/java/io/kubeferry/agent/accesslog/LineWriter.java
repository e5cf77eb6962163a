package io.kubeferry.agent.accesslog;

import io.kubeferry.agent.options.AccessLogFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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

    private final LineSink output;
    private final AccessLogFormat format;
    private final BlockingQueue<AccessLogEntry> waiting;
    private final LongAdder dropped;
    private final LongAdder written = new LongAdder();
    private volatile boolean finishing;
    /** Lines taken from the queue whose fate is not decided. Who takes them out of here counts them. */
    private final AtomicInteger inHand = new AtomicInteger();

    private final ReportPace pace = new ReportPace();
    private long droppedAndTold;
    private String lastFailure = "";
    /** A full disk takes half a line. */
    private boolean lineIsCut;

    LineWriter(LineSink output, AccessLogFormat format, BlockingQueue<AccessLogEntry> waiting, LongAdder dropped) {
        this.output = output;
        this.format = format;
        this.waiting = waiting;
        this.dropped = dropped;
    }

    long written() {
        return written.sum();
    }

    /** Gives up the lines that are being written, and returns how many these are. */
    int abandon() {
        return inHand.getAndSet(0);
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
                } else {
                    lookAfterFile();
                }
                warnOfDrops();
            }
        } catch (IOException failure) {
            LOG.debug("the access log did not close cleanly", failure);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private void lookAfterFile() {
        try {
            output.idle();
        } catch (IOException failure) {
            LOG.debug("the file of the access log could not be looked after", failure);
        }
    }

    private void write(List<AccessLogEntry> entries) {
        inHand.set(entries.size());
        try {
            LineBatch batch = LineBatch.of(
                    entries.stream()
                            .map(entry -> EntryLayout.line(entry, format))
                            .toList(),
                    lineIsCut);
            write(batch);
        } catch (RuntimeException bug) {
            // It must not silence the log for good either.
            lastFailure = " reason=" + bug;
            count(0);
        }
    }

    private void write(LineBatch batch) {
        ByteBuffer bytes = batch.bytes();
        try {
            output.write(bytes);
        } catch (IOException failure) {
            lastFailure = " reason=" + failure;
        }
        lineIsCut = batch.isCutAt(bytes.position());
        count(batch.wholeLines(bytes.position()));
    }

    /** So many lines in hand are written, and the others are not. */
    private void count(int whole) {
        int all = inHand.getAndSet(0);
        if (all > 0) {
            written.add(whole);
            dropped.add(all - whole);
        }
    }

    /** Sums up, ever more rarely while it goes on. */
    private void warnOfDrops() {
        long all = dropped.sum();
        if (all > droppedAndTold && pace.isDue(System.nanoTime())) {
            LOG.warn("the access log lacks lines dropped={} in-all={}{}", all - droppedAndTold, all, lastFailure);
            droppedAndTold = all;
            lastFailure = "";
        }
    }
}
