package io.kubeferry.agent.cli;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.LayoutBase;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/** Log lines for people: {@code 11:22:33.456 INFO  watch: message key=value}. Thread-safe. */
final class TextLayout extends LayoutBase<ILoggingEvent> {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneId.systemDefault());

    private final boolean withStackTraces;

    TextLayout(boolean withStackTraces) {
        this.withStackTraces = withStackTraces;
    }

    @Override
    public String doLayout(ILoggingEvent event) {
        String line = "%s %-5s %s: %s%s%n"
                .formatted(
                        TIME.format(event.getInstant()),
                        event.getLevel(),
                        LogText.speaker(event.getLoggerName()),
                        LogText.message(event),
                        LogText.error(event).map(": "::concat).orElse(""));
        return withStackTraces ? line + LogText.stackTrace(event) : line;
    }
}
