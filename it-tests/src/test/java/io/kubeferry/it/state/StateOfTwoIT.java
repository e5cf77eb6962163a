package io.kubeferry.it.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.testing.Await;
import io.kubeferry.core.testing.FreePorts;
import io.kubeferry.it.process.RunningAgent;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two processes that keep their state in one folder: one that takes over from the other, or both by mistake. */
class StateOfTwoIT extends OnSavedCluster {
    @Test
    void ofTwoProcessesThatOverlapTheNewerWrites() throws Exception {
        try (RunningAgent older = start("--overlap")) {
            older.awaitOutput("is kept for the next start");
            try (RunningAgent newer = start("--overlap")) {
                older.awaitOutput("has taken over " + file.path());
                newer.awaitOutput("is kept for the next start");
                Files.delete(file.path());
                cluster.api().delete("services", "it", "echo");
                Await.until(() -> isSaved("\"web\""));
                older.command().signal("TERM");
                assertThat(older.command().exitCode()).isZero();
                assertThat(file.text()).doesNotContain("\"echo\"");
                newer.command().signal("KILL");
                newer.command().exitCode();
            }
        }
        try (RunningAgent next = start("--overlap")) {
            next.awaitOutput("--state-dir: until");
        }
    }

    @Test
    void whoTakesOverServesNothingBeforeItKnowsTheClusterAndGoesOnWithTheClients() throws Exception {
        withOneThatHasNotSeenTheCluster((older, newer, before) -> {
            assertThat(newer.command().lines("it/web:http ClusterIP")).isEmpty();
            assertThat(ready).doesNotExist();
            cluster.api().startAgain();
            Await.until(() -> Files.exists(ready));
            older.command().signal("TERM");
            assertThat(older.command().exitCode()).isZero();
            assertThat(answers()).isEqualTo(before);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "KILL"})
    void whoIsToTakeOverServesWhatTheOtherOneLeftIfThatOneEndsFirst(String signal) throws Exception {
        withOneThatHasNotSeenTheCluster((older, newer, before) -> {
            older.command().signal(signal);
            older.command().exitCode();
            newer.awaitOutput("--state-dir: until");
            web.awaitServed();
            assertThat(answers()).isEqualTo(before);
            assertThat(ready).doesNotExist();
            cluster.api().startAgain();
            Await.until(() -> Files.exists(ready));
            assertThat(answers()).isEqualTo(before);
        });
    }

    /** What happens between two, where {@code before} is who answered the clients of the older one. */
    @FunctionalInterface
    private interface Story {
        void happen(RunningAgent older, RunningAgent newer, Map<String, String> before) throws Exception;
    }

    /** One serves, the API server goes, and one more starts; {@code ready} is that one's. */
    private void withOneThatHasNotSeenTheCluster(Story story) throws Exception {
        String[] pair = pairFlags();
        try (RunningAgent older = start(pair)) {
            Await.until(() -> Files.exists(ready));
            Map<String, String> before = answers();
            Await.until(this::allClientsAreSaved);
            cluster.api().stop();
            ready = folder.resolve("ready-next");
            try (RunningAgent newer = start(pair)) {
                newer.awaitOutput("API server cannot be used");
                story.happen(older, newer, before);
            }
        }
    }

    /** Two processes that answer for themselves at the same addresses are a pair. */
    private static String[] pairFlags() throws IOException {
        return new String[] {
            "--overlap",
            "--healthz-bind-address=127.0.0.1:" + FreePorts.next(),
            "--metrics-bind-address=127.0.0.1:" + FreePorts.next(),
            "--status-bind-address=127.0.0.1:" + FreePorts.next()
        };
    }

    @Test
    void aProcessThatIsThereByMistakeDoesNotWrite() throws Exception {
        try (RunningAgent first = start()) {
            first.awaitOutput("is kept for the next start");
            try (RunningAgent second = start()) {
                second.awaitOutput("another process writes " + file.path());
                assertThat(second.command().output()).doesNotContain("is kept for the next start");
                first.command().signal("TERM");
                first.command().exitCode();
                second.awaitOutput("is kept for the next start");
            }
        }
    }
}
