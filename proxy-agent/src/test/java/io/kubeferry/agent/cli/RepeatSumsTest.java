package io.kubeferry.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.AppenderBase;
import io.kubeferry.core.testing.ManualTicker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RepeatSumsTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final LoggerContext context = new LoggerContext();
    private final ManualTicker ticker = new ManualTicker();
    private final List<ILoggingEvent> written = new ArrayList<>();
    private final List<Due> due = new ArrayList<>();
    private final RepeatSums sums = new RepeatSums(
            new AppenderBase<>() {
                {
                    start();
                }

                @Override
                protected void append(ILoggingEvent event) {
                    event.prepareForDeferredProcessing(); // As every appender of Logback does.
                    written.add(event);
                }
            },
            ticker::nanos,
            (work, delayNanos) -> due.add(new Due(ticker.nanos() + delayNanos, work)));

    private record Due(long atNanos, Runnable work) {}

    RepeatSumsTest() {
        context.setMDCAdapter(new LogbackMDCAdapter());
        sums.start();
    }

    @Test
    void theFirstOfAKindAreWrittenAndTheOthersToldInOneLineAfterAMinute() {
        warn("object {} is bad", 51);
        assertThat(lines()).hasSize(RepeatSums.LINES).startsWith("WARN object 1 is bad");
        passes(MINUTE);
        assertThat(lines())
                .hasSize(RepeatSums.LINES + 1)
                .endsWith("WARN 41 more times in the last minute, the last time: object 51 is bad");
    }

    @Test
    void anotherKindIsWrittenMeanwhile() {
        warn("object {} is bad", 51);
        warn("server {} is down", 1);
        assertThat(lines()).endsWith("WARN server 1 is down");
    }

    @Test
    void aStormThatGoesOnIsToldEverMoreRarely() {
        for (int second = 0; second < 3600; second++) {
            warn("object {} is bad", 1);
            passes(Duration.ofSeconds(1));
        }
        assertThat(lines()).hasSizeBetween(RepeatSums.LINES + 5, RepeatSums.LINES + 10);
        assertThat(lines().getLast()).contains("600 more times in the last 10 minutes");
        assertThat(told()).isGreaterThan(3600 - 600);
    }

    @Test
    void aWarningNowAndThenIsWrittenAsItComes() {
        warn("object {} is bad", RepeatSums.LINES);
        for (int i = 0; i < 5; i++) {
            passes(MINUTE);
            warn("object {} is bad", 1);
        }
        assertThat(lines()).hasSize(RepeatSums.LINES + 5).noneMatch(line -> line.contains("more times"));
    }

    @Test
    void linesAreWrittenAgainAfterTenQuietMinutes() {
        warn("object {} is bad", 51);
        passes(MINUTE);
        passes(Duration.ofMinutes(10));
        warn("object {} is bad", RepeatSums.LINES);
        assertThat(lines()).hasSize(2 * RepeatSums.LINES + 1);
    }

    @Test
    void whatIsNotToldYetIsToldAtTheEnd() {
        warn("object {} is bad", 51);
        sums.stop();
        assertThat(lines().getLast()).contains("41 more times");
        passes(MINUTE);
        assertThat(lines()).hasSize(RepeatSums.LINES + 1);
    }

    @Test
    void nothingBelowAWarningIsHeldBack() {
        IntStream.range(0, 100).forEach(i -> log(Level.INFO, "object {} is good", i));
        assertThat(lines()).hasSize(100);
    }

    @Test
    void messagesThatAreAllDifferentDoNotFillTheHeap() {
        IntStream.range(0, 3 * RepeatSums.MAX_KINDS).forEach(i -> warn("put together " + i, 1));
        assertThat(lines()).hasSize(RepeatSums.MAX_KINDS + RepeatSums.LINES);
        passes(MINUTE);
        assertThat(lines().getLast()).contains(2 * RepeatSums.MAX_KINDS - RepeatSums.LINES + " more times");
    }

    @Test
    void machinesGetTheSumAsANumber() {
        warn("object {} is bad", 51);
        passes(MINUTE);
        assertThat(new JsonLayout(false).doLayout(written.getLast()))
                .contains("\"more\":41", "\"logger\":\"watch\"", "\"level\":\"WARN\"", "\"ts\":\"20");
    }

    private void warn(String message, int times) {
        IntStream.rangeClosed(1, times).forEach(i -> log(Level.WARN, message, i));
    }

    private void log(Level level, String message, int argument) {
        Logger logger = context.getLogger("io.kubeferry.agent.watch.Watches");
        sums.doAppend(new LoggingEvent("", logger, level, message, null, new Object[] {argument}));
    }

    private void passes(Duration time) {
        ticker.advance(time);
        List<Due> now = due.stream()
                .filter(each -> each.atNanos() - ticker.nanos() <= 0)
                .toList();
        due.removeAll(now);
        now.forEach(each -> each.work().run());
    }

    private List<String> lines() {
        return written.stream()
                .map(event -> event.getLevel() + " " + event.getFormattedMessage())
                .toList();
    }

    /** The lines, and what they say there were more. */
    private long told() {
        return written.stream()
                .mapToLong(event -> event.getKeyValuePairs() == null
                        ? 1
                        : Long.parseLong(String.valueOf(event.getKeyValuePairs().getFirst().value)))
                .sum();
    }
}
