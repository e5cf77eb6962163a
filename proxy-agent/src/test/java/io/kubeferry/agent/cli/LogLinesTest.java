package io.kubeferry.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.LayoutBase;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ConnectException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogLinesTest {
    private final Exception failure = new IOException("cannot list", new ConnectException("refused\nby peer"));
    private final LoggerContext context = new LoggerContext();

    @Test
    void peopleGetTimeLevelSpeakerAndMessage() {
        assertThat(line(new TextLayout(false), "retrying in={}", null))
                .matches("\\d\\d:\\d\\d:\\d\\d\\.\\d{3} WARN  watch: retrying in=1s\\R");
    }

    @Test
    void aFailureIsOneLineUnlessDetailsAreWanted() {
        assertThat(line(new TextLayout(false), "no list in={}", failure))
                .endsWith(" watch: no list in=1s: cannot list: refused by peer" + System.lineSeparator())
                .hasLineCount(1);
        assertThat(line(new TextLayout(true), "no list in={}", failure))
                .contains("\tat ", "Caused by: java.net.ConnectException");
    }

    @Test
    void whatOthersSentCannotForgeALine() {
        assertThat(line(new TextLayout(false), "name={}\n11:11:11.111 INFO  forged", null))
                .hasLineCount(1);
    }

    @Test
    void machinesGetAnObject() throws IOException {
        JsonNode line = new ObjectMapper().readTree(line(new JsonLayout(false), "no \"list\" in={}", failure));

        assertThat(line.path("ts").asText()).endsWith("Z");
        assertThat(line.path("level").asText()).isEqualTo("WARN");
        assertThat(line.path("logger").asText()).isEqualTo("watch");
        assertThat(line.path("msg").asText()).isEqualTo("no \"list\" in=1s");
        assertThat(line.path("error").asText()).isEqualTo("cannot list: refused by peer");
    }

    @ParameterizedTest
    @CsvSource({
        "io.kubeferry.agent.watch.manifests.ManifestFolder, watch.manifests",
        "io.kubeferry.agent.Agent, agent",
        "io.kubeferry.core.DataPlane, core",
        "io.kubeferry.core.listener.ServiceListener, listener",
        "io.fabric8.kubernetes.client.Config, Config",
        "ROOT, ROOT"
    })
    void speakersHaveShortNames(String logger, String speaker) {
        assertThat(LogText.speaker(logger)).isEqualTo(speaker);
    }

    @Test
    void verbosityOpensOurDetailsAndKeepsLibrariesQuiet() {
        Logging logging = new Logging();
        logging.configure(context);
        assertThat(context.getLogger("io.kubeferry.x").getEffectiveLevel()).isEqualTo(Level.INFO);
        assertThat(context.getLogger("io.netty").getEffectiveLevel()).isEqualTo(Level.WARN);

        assertThat(context.getLogger("io.fabric8.x").getEffectiveLevel()).isEqualTo(Level.OFF);

        Logging.set(context, new LogOptions(4, LogFormat.TEXT));
        assertThat(context.getLogger("io.kubeferry.x").getEffectiveLevel()).isEqualTo(Level.DEBUG);
        assertThat(context.getLogger("io.netty").getEffectiveLevel()).isEqualTo(Level.WARN);
    }

    private String line(LayoutBase<ILoggingEvent> layout, String message, @Nullable Throwable thrown) {
        Logger logger = context.getLogger("io.kubeferry.agent.watch.Watches");
        return layout.doLayout(new LoggingEvent("", logger, Level.WARN, message, thrown, new Object[] {"1s"}));
    }
}
