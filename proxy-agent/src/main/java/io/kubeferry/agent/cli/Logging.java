package io.kubeferry.agent.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.Layout;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.nio.charset.StandardCharsets;
import org.slf4j.LoggerFactory;

/**
 * Sets up the log: lines on standard error, ours at INFO, libraries' at WARN, storms of warnings summed up. Logback finds this class by its service
 * file and so needs no XML parser at start. Thread-safe.
 */
public final class Logging extends ContextAwareBase implements Configurator {
    private static final LogOptions UNTIL_TOLD_OTHERWISE = new LogOptions(0, LogFormat.TEXT);

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        set(context, UNTIL_TOLD_OTHERWISE);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /** Logs as {@code options} say from here on. */
    static void set(LogOptions options) {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            set(context, options);
        }
    }

    /** Tells what the log has counted and not told yet. Nothing is logged after this. */
    static void finish() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.getLogger(Logger.ROOT_LOGGER_NAME).detachAndStopAllAppenders();
        }
    }

    static void set(LoggerContext context, LogOptions options) {
        Layout<ILoggingEvent> layout = switch (options.format()) {
            case TEXT -> new TextLayout(options.detailed());
            case JSON -> new JsonLayout(options.detailed());
        };
        layout.setContext(context);
        layout.start();
        LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
        encoder.setContext(context);
        encoder.setCharset(StandardCharsets.UTF_8);
        encoder.setLayout(layout);
        encoder.start();
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setName("stderr");
        appender.setTarget("System.err");
        appender.setEncoder(encoder);
        appender.start();
        RepeatSums sums = RepeatSums.to(appender);
        sums.setContext(context);
        sums.setName("sums");
        sums.start();

        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.detachAndStopAllAppenders();
        root.addAppender(sums);
        root.setLevel(Level.WARN);
        context.getLogger("io.kubeferry").setLevel(options.detailed() ? Level.DEBUG : Level.INFO);
        // What the API client has to say about a server that is away or forbids is said by us, once.
        context.getLogger("io.fabric8").setLevel(options.detailed() ? Level.WARN : Level.OFF);
    }
}
