package io.kubeferry.agent.watch.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.agent.testing.CapturedLog;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ApiServerStatusTest {
    private static final URI SERVICES = URI.create("https://server/api/v1/services");

    private final CapturedLog log = new CapturedLog("io.kubeferry.agent.watch.apiserver");
    private final ApiServerStatus status = new ApiServerStatus("https://server/", InstantSource.system());

    @AfterEach
    void stop() {
        log.close();
    }

    @Test
    void failureIsToldOnce() {
        fail();
        fail();
        assertThat(log.lines()).singleElement().asString().contains("API server cannot be used", "https://server/");
    }

    @Test
    void requestsThatEndWithTheConnectionAreNotReportedAsTrouble() {
        status.close();
        fail();
        status.denied(WatchedPath.of(SERVICES).orElseThrow(), "forbidden");
        assertThat(log.lines()).isEmpty();
    }

    @Test
    void whatIsWrongStandsUntilItWorksAgain() {
        assertThat(status.problems()).isEmpty();
        fail();
        assertThat(status.problems())
                .singleElement()
                .asString()
                .contains("API server cannot be used since", "the last known state stays in force");
        status.answered("GET", SERVICES, 200, Duration.ZERO);
        assertThat(status.problems()).isEmpty();

        status.denied(WatchedPath.of(SERVICES).orElseThrow(), "no such right");
        assertThat(status.problems()).singleElement().asString().contains("forbids", "no such right");
        status.answered("GET", SERVICES, 200, Duration.ZERO);
        assertThat(status.problems()).isEmpty();
    }

    private void fail() {
        status.failed("GET", SERVICES, new IOException("shutdownNow"), Duration.ZERO);
    }
}
