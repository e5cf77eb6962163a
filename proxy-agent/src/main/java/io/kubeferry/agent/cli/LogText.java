package io.kubeferry.agent.cli;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import java.util.Optional;

/** The parts of a log line. */
final class LogText {
    private static final String OURS = "io.kubeferry.";

    private LogText() {}

    /**
     * Who speaks: of ours the package ({@code watch.manifests} for {@code io.kubeferry.agent.watch.manifests}; the
     * module for a module's root), of others the class.
     */
    static String speaker(String loggerName) {
        int lastDot = loggerName.lastIndexOf('.');
        if (!loggerName.startsWith(OURS) || lastDot < OURS.length()) {
            return loggerName.substring(lastDot + 1);
        }
        String inModule = loggerName.substring(OURS.length(), lastDot);
        return inModule.substring(inModule.indexOf('.') + 1);
    }

    /** The message in one line, whatever is in it. */
    static String message(ILoggingEvent event) {
        return oneLine(event.getFormattedMessage());
    }

    /** What an exception says in one line, its causes too where they say more. */
    static Optional<String> error(ILoggingEvent event) {
        StringBuilder text = new StringBuilder();
        for (IThrowableProxy at = event.getThrowableProxy(); at != null; at = at.getCause()) {
            String said = at.getMessage() == null ? simpleName(at.getClassName()) : at.getMessage();
            if (text.indexOf(said) < 0) {
                text.append(text.isEmpty() ? "" : ": ").append(said);
            }
        }
        return text.isEmpty() ? Optional.empty() : Optional.of(oneLine(text.toString()));
    }

    /** The whole stack trace, over several lines. */
    static String stackTrace(ILoggingEvent event) {
        return event.getThrowableProxy() == null ? "" : ThrowableProxyUtil.asString(event.getThrowableProxy());
    }

    private static String simpleName(String className) {
        return className.substring(className.lastIndexOf('.') + 1);
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\p{Cntrl}+\\s*", " ");
    }
}
