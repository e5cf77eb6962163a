package io.kubeferry.agent.saved;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.agent.state.ClusterContents;
import io.kubeferry.agent.testing.CapturedLog;
import io.kubeferry.core.model.RememberedClient;
import io.kubeferry.core.model.ServicePortKey;
import io.kubeferry.core.testing.Await;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateSaverTest {
    @TempDir
    private Path parent;

    private final CapturedLog log = new CapturedLog(StateSaver.class.getName());
    private final AtomicLong nanos = new AtomicLong();
    private final AtomicInteger failures = new AtomicInteger();

    @AfterEach
    void close() {
        log.close();
    }

    @Test
    void nothingIsWrittenByAProcessThatDoesNotKnowTheCluster() throws Exception {
        Path path = parent.resolve("never");
        new StateSaver(new StateFolder(path), Samples.ORIGIN, contents("10.244.1.5"), true, nanos::get, () -> {})
                .close();
        assertThat(path).doesNotExist();
    }

    @Test
    void whatIsServedIsWrittenAndOnceMoreAtTheEnd() throws Exception {
        StateFolder folder = new StateFolder(parent.resolve("state"));
        try (StateSaver saver = saver(folder)) {
            saver.served();
            Await.until(() -> folder.read().isPresent());
            assertThat(folder.read().orElseThrow().cluster())
                    .isEqualTo(Samples.full().cluster());
            assertThat(folder.read().orElseThrow().origin()).isEqualTo(Samples.ORIGIN);
            Files.delete(folder.file());
        }
        assertThat(folder.read()).as("written at the end").isPresent();
        assertThat(log.linesWith("is kept for the next start")).hasSize(1);
    }

    @Test
    void aDiskThatFailsIsOneWarningAndOneAllClear() throws Exception {
        Path path = Files.writeString(parent.resolve("state"), "in the way");
        StateFolder folder = new StateFolder(path);
        try (StateSaver saver = saver(folder)) {
            saver.served();
            log.awaitLine("cannot be written");
            nanos.addAndGet(WritePace.RETRY.toNanos());
            Await.until(() -> failures.get() == 2);
            Files.delete(path);
            nanos.addAndGet(WritePace.RETRY.toNanos());
            log.awaitLine("can be written again");
        }
        assertThat(log.linesWith("cannot be written to " + folder.file()))
                .singleElement()
                .asString()
                .startsWith("WARN ")
                .contains(path + " is there and is no folder", "everything is served all the same");
        assertThat(folder.read()).isPresent();
    }

    @Test
    void whoTakesOverWritesUntilItsEndAndTheOtherOneDoesNot() throws Exception {
        StateFolder folder = new StateFolder(parent.resolve("state"));
        StateSaver older = saver(folder);
        older.served();
        Await.until(() -> folder.read().isPresent());
        try (StateSaver newer = new StateSaver(
                folder,
                new SavedState.Origin("newer", "", "", List.of()),
                contents("10.244.1.9"),
                true,
                nanos::get,
                () -> {})) {
            newer.served();
            Await.until(() -> isOf("newer", folder));
            older.served();
            older.close();
            assertThat(isOf("newer", folder)).isTrue();
        }
        assertThat(log.linesWith("another kubeferry has taken over")).hasSize(1);
    }

    @Test
    void whoGaveWayGoesOnWhenTheOtherOneEnds() throws Exception {
        StateFolder folder = new StateFolder(parent.resolve("state"));
        try (StateSaver older = saver(folder)) {
            older.served();
            Await.until(() -> folder.read().isPresent());
            StateSaver newer = saver(folder);
            newer.served();
            log.awaitLine("another kubeferry has taken over");
            newer.close();
            log.awaitLine("this one writes " + folder.file() + " again");
            Files.delete(folder.file());
        }
        assertThat(folder.read()).isPresent();
    }

    private static boolean isOf(String node, StateFolder folder) throws UnusableStateException {
        return folder.read().map(state -> state.origin().node().equals(node)).orElse(false);
    }

    private StateSaver saver(StateFolder folder) {
        return new StateSaver(
                folder, Samples.ORIGIN, contents("10.244.1.5"), true, nanos::get, failures::incrementAndGet);
    }

    private static StateSaver.Contents contents(String client) {
        return new StateSaver.Contents() {
            @Override
            public ClusterContents cluster() {
                return Samples.full().cluster();
            }

            @Override
            public Map<ServicePortKey, List<RememberedClient>> clients() {
                return Map.of(Samples.WEB, List.of(Samples.client(client, 1)));
            }
        };
    }
}
