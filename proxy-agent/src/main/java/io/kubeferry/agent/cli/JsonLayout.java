package io.kubeferry.agent.cli;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.LayoutBase;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Log lines for machines: objects with {@code ts}, {@code level}, {@code logger}, {@code msg}, {@code error}. Thread-safe. */
final class JsonLayout extends LayoutBase<ILoggingEvent> {
    private final boolean withStackTraces;

    JsonLayout(boolean withStackTraces) {
        this.withStackTraces = withStackTraces;
    }

    @Override
    public String doLayout(ILoggingEvent event) {
        ObjectNode line = JsonNodeFactory.instance
                .objectNode()
                .put("ts", event.getInstant().toString())
                .put("level", event.getLevel().toString())
                .put("logger", LogText.speaker(event.getLoggerName()))
                .put("msg", LogText.message(event));
        LogText.error(event).ifPresent(error -> line.put("error", error));
        if (event.getKeyValuePairs() != null) {
            event.getKeyValuePairs().forEach(pair -> line.putPOJO(pair.key, pair.value));
        }
        if (withStackTraces && event.getThrowableProxy() != null) {
            line.put("stack", LogText.stackTrace(event));
        }
        return line + System.lineSeparator();
    }
}
