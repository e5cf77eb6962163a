package io.kubeferry.agent.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

/**
 * Keeps a storm of one kind of warning from filling the log: the first ten lines are written, what follows is counted and
 * told in one line after a minute, and then ever more rarely, down to every ten minutes. Ten minutes without any, and
 * lines are written again. A kind is what one place in the code says, whatever the object. Below WARN nothing is held back.
 *
 * <p>Thread-safe.
 */
final class RepeatSums extends UnsynchronizedAppenderBase<ILoggingEvent> {
    /** The name of the number of lines that were not written, in an event's key-value pairs. */
    static final String MORE = "more";

    static final int LINES = 10;
    private static final long FIRST_PERIOD_NANOS = Duration.ofMinutes(1).toNanos();
    static final long LONGEST_PERIOD_NANOS = Duration.ofMinutes(10).toNanos();
    /** Far more than there are places in the code; messages that libraries put together must not fill the heap. */
    static final int MAX_KINDS = 500;

    private final Appender<ILoggingEvent> lines;
    private final LongSupplier nanos;
    private final Later later;
    /** Guarded by this. */
    private final Map<Kind, Repeats> kinds = new HashMap<>();

    private record Kind(String logger, Level level, String pattern) {}

    /** Does something after a while. */
    @FunctionalInterface
    interface Later {
        void run(Runnable work, long delayNanos);
    }

    /** Writes to {@code lines}, by the clock of {@code nanos}. */
    RepeatSums(Appender<ILoggingEvent> lines, LongSupplier nanos, Later later) {
        this.lines = lines;
        this.nanos = nanos;
        this.later = later;
    }

    /** Writes to {@code lines}. */
    static RepeatSums to(Appender<ILoggingEvent> lines) {
        return new RepeatSums(lines, System::nanoTime, (work, delayNanos) -> {
            var _ = lines.getContext().getScheduledExecutorService().schedule(work, delayNanos, TimeUnit.NANOSECONDS);
        });
    }

    @Override
    protected void append(ILoggingEvent event) {
        if (!event.getLevel().isGreaterOrEqual(Level.WARN) || isToBeWritten(event)) {
            lines.doAppend(event);
        }
    }

    private synchronized boolean isToBeWritten(ILoggingEvent event) {
        long now = nanos.getAsLong();
        Repeats repeats = kinds.computeIfAbsent(kind(event, now), _ -> new Repeats(now));
        if (repeats.isQuiet(now)) {
            repeats.beginAnew();
        }
        repeats.lastNanos = now;
        if (repeats.mayBeWritten(now)) {
            repeats.written(now);
            return true;
        }
        if (repeats.more++ == 0) {
            later.run(() -> tell(repeats), repeats.periodNanos - (now - repeats.toldNanos));
        }
        repeats.last = event;
        return false;
    }

    private Kind kind(ILoggingEvent event, long now) {
        Kind kind = new Kind(event.getLoggerName(), event.getLevel(), String.valueOf(event.getMessage()));
        if (kinds.size() < MAX_KINDS || kinds.containsKey(kind)) {
            return kind;
        }
        kinds.values().removeIf(repeats -> repeats.isQuiet(now));
        return kinds.size() < MAX_KINDS ? kind : new Kind("", event.getLevel(), "");
    }

    /** Says how many there were since the last line of the kind. */
    private void tell(Repeats repeats) {
        LoggingEvent sum;
        synchronized (this) {
            if (repeats.more == 0 || repeats.last == null) {
                return; // Told at the end.
            }
            sum = sum(repeats.last, repeats.more, repeats.periodNanos);
            repeats.told(nanos.getAsLong());
        }
        lines.doAppend(sum);
    }

    private static LoggingEvent sum(ILoggingEvent last, int more, long periodNanos) {
        LoggingEvent sum = new LoggingEvent();
        sum.setInstant(Instant.now());
        sum.setLoggerName(last.getLoggerName());
        sum.setLevel(last.getLevel());
        sum.setMDCPropertyMap(Map.of());
        sum.setThreadName(Thread.currentThread().getName());
        sum.setMessage(more + " more times " + words(periodNanos) + ", the last time: " + LogText.message(last)
                + LogText.error(last).map(": "::concat).orElse(""));
        sum.addKeyValuePair(new KeyValuePair(MORE, more));
        return sum;
    }

    private static String words(long periodNanos) {
        long minutes = TimeUnit.NANOSECONDS.toMinutes(periodNanos);
        return minutes == 1 ? "in the last minute" : "in the last " + minutes + " minutes";
    }

    /** Tells what was only counted so far. */
    @Override
    public void stop() {
        List<Repeats> untold;
        synchronized (this) {
            untold = new ArrayList<>(kinds.values());
        }
        untold.forEach(this::tell);
        super.stop();
        lines.stop();
    }

    /** One kind. Guarded by the appender. */
    private static final class Repeats {
        private int linesWritten;
        /** How many were not written since something of this kind was told. */
        private int more;
        /** The last one that was not written; null before that. */
        private @Nullable ILoggingEvent last;

        private long periodNanos = FIRST_PERIOD_NANOS;
        private long toldNanos;
        private long lastNanos;

        Repeats(long now) {
            toldNanos = now;
            lastNanos = now;
        }

        boolean isQuiet(long now) {
            return more == 0 && now - lastNanos >= LONGEST_PERIOD_NANOS;
        }

        void beginAnew() {
            linesWritten = 0;
            periodNanos = FIRST_PERIOD_NANOS;
        }

        boolean mayBeWritten(long now) {
            return linesWritten < LINES || (more == 0 && now - toldNanos >= periodNanos);
        }

        void written(long now) {
            linesWritten++;
            toldNanos = now;
        }

        void told(long now) {
            more = 0;
            last = null;
            toldNanos = now;
            periodNanos = Math.min(2 * periodNanos, LONGEST_PERIOD_NANOS);
        }
    }
}
