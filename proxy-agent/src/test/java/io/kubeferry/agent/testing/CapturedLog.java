package io.kubeferry.agent.testing;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.slf4j.LoggerFactory;

/** What is logged below a name while this is open. Thread-safe. */
public final class CapturedLog implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Logger logger;
    private final List<ILoggingEvent> events = new ArrayList<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            add(event);
        }
    };

    /** Begins to capture. */
    public CapturedLog(String loggerName) {
        logger = (Logger) LoggerFactory.getLogger(loggerName);
        appender.start();
        logger.addAppender(appender);
    }

    @Override
    public void close() {
        logger.detachAppender(appender);
        appender.stop();
    }

    /** {@code LEVEL message} of every line so far. */
    public synchronized List<String> lines() {
        return events.stream()
                .filter(event -> event.getLevel().isGreaterOrEqual(Level.INFO))
                .map(event -> event.getLevel() + " " + event.getFormattedMessage())
                .toList();
    }

    /** The lines that contain {@code part}. */
    public List<String> linesWith(String part) {
        return lines().stream().filter(line -> line.contains(part)).toList();
    }

    /** Whether any line came with a stack trace. */
    public synchronized boolean hasStackTrace() {
        return events.stream()
                .anyMatch(event -> event.getLevel().isGreaterOrEqual(Level.INFO) && event.getThrowableProxy() != null);
    }

    /** Waits until a line contains {@code part}. */
    public void awaitLine(String part) {
        await(lines -> lines.stream().anyMatch(line -> line.contains(part)), part);
    }

    private synchronized void await(Predicate<List<String>> condition, String what) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.test(lines())) {
            long leftMillis = (deadline - System.nanoTime()) / 1_000_000;
            if (leftMillis <= 0) {
                throw new AssertionError("waited in vain for the log line: " + what + "; there is " + lines());
            }
            try {
                wait(leftMillis);
            } catch (InterruptedException e) {
                throw new AssertionError("interrupted while waiting for the log line: " + what, e);
            }
        }
    }

    private synchronized void add(ILoggingEvent event) {
        events.add(event);
        notifyAll();
    }
}
