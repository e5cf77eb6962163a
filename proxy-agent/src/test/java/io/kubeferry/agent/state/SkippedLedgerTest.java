package io.kubeferry.agent.state;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.kubeferry.core.model.Skipped;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class SkippedLedgerTest {
    private final Logger logger = (Logger) LoggerFactory.getLogger(SkippedLedger.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final SkippedLedger<String> ledger = new SkippedLedger<>();

    @BeforeEach
    void listen() {
        logger.setLevel(Level.INFO);
        logger.addAppender(log);
        log.start();
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(log);
    }

    private List<String> lines() {
        return log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    private static List<Skipped> ports(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new Skipped("Service shop/web", "p" + i, "UDP is not carried by kubeferry"))
                .toList();
    }

    @Test
    void objectIsLoggedInOneLineAndAgainOnlyWhenItChanges() {
        ledger.put("web", ports(1));
        ledger.put("web", ports(1));
        ledger.put("web", List.of());
        ledger.put("web", List.of(new Skipped("Service shop/web", "", "headless")));
        assertThat(lines())
                .containsExactly(
                        "Not served object=\"Service shop/web\" reasons=\"port p0: UDP is not carried by kubeferry\"",
                        "Not served object=\"Service shop/web\" reasons=\"headless\"");
    }

    @Test
    void ignoredAnnotationIsALineOfItsOwnAndCounted() {
        Skipped annotation = new Skipped(
                "Service shop/web", "", "annotation kubeferry.io/balance x", Skipped.Kind.ANNOTATION_IGNORED);
        ledger.put("web", List.of(ports(1).getFirst(), annotation));
        ledger.put("web", List.of(annotation));
        assertThat(lines())
                .containsExactly(
                        "Not served object=\"Service shop/web\" reasons=\"port p0: UDP is not carried by kubeferry\"",
                        "Ignored, the rest of the object counts: object=\"Service shop/web\" reasons=\"annotation kubeferry.io/balance x\"");
        assertThat(ledger.annotationsIgnored()).isEqualTo(1);
    }

    @Test
    void thousandsOfReasonsAreStillOneShortLine() {
        ledger.put("web", ports(10_000));
        assertThat(lines())
                .singleElement()
                .asString()
                .endsWith("; and 9995 more\"")
                .hasSizeLessThan(400);
        assertThat(ledger.all()).hasSize(10_000);
    }
}
