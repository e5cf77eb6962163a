package io.kubeferry.agent.saved;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.agent.saved.SavedState.Moment;
import io.kubeferry.agent.saved.SavedState.Origin;
import io.kubeferry.agent.state.ClusterContents;
import io.kubeferry.agent.state.ServiceRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What of a state file is served, by whose it is and how old. */
class RestorationTest {
    private static final SavedState STATE = Samples.full();

    @ParameterizedTest
    @CsvSource({"1000, 0", "1001, 1", "1599, 599"})
    void everythingOfTheSameBootThatIsYoungerThanTenMinutes(long now, long age) {
        assertThat(Restoration.of(STATE, Samples.ORIGIN, Samples.moment("boot-a", now)))
                .isEqualTo(new Restoration.Everything(
                        STATE,
                        Duration.ofSeconds(age),
                        Map.of(
                                Samples.WEB,
                                List.of(
                                        Samples.client("192.0.2.1", 5 + (int) age),
                                        Samples.client("192.0.2.2", 70 + (int) age)))));
    }

    @ParameterizedTest
    @CsvSource({
        "boot-a, 1600, 'time: 2026-01-02T03:20:45Z, 600 s ago (expected: less than 600 s ago)'",
        "boot-a, 90000, 'time: 2026-01-02T03:20:45Z, 89000 s ago (expected: less than 600 s ago)'",
        "boot-a, 999, 'sinceBootMillis: 1000000 (expected: at most 999000, which is now)'",
        "boot-b, 1001, 'bootId: boot-a (expected: boot-b, that of this boot)'",
        "boot-b, 30, 'bootId: boot-a (expected: boot-b, that of this boot)'",
    })
    void onlyTheWayToTheApiServerOfOthers(String bootId, long now, String reason) {
        assertThat(Restoration.of(STATE, Samples.ORIGIN, Samples.moment(bootId, now)))
                .isInstanceOfSatisfying(Restoration.WayToApiServer.class, way -> {
                    assertThat(way.reason()).isEqualTo(reason);
                    assertThat(way.cluster().services())
                            .extracting(ServiceRecord::name)
                            .containsExactly(Restoration.API_SERVER);
                    assertThat(way.cluster().slices()).hasSize(1);
                    assertThat(way.cluster().node()).isEmpty();
                    assertThat(way.cluster().serviceRanges()).isEmpty();
                });
    }

    /** The wall clock was set by an hour or a year, one way or the other, since the file was written. */
    @ParameterizedTest
    @CsvSource({"-31536000", "-3600", "3600", "31536000"})
    void aClockThatWasSetMakesNoFileOlderOrYounger(long seconds) {
        Moment now = new Moment(
                "boot-a",
                Duration.ofSeconds(1_042),
                Instant.parse("2026-01-02T03:04:05Z").plusSeconds(1_042 + seconds));
        assertThat(Restoration.of(STATE, Samples.ORIGIN, now))
                .isInstanceOfSatisfying(
                        Restoration.Everything.class,
                        everything -> assertThat(everything.age()).isEqualTo(Duration.ofSeconds(42)));
    }

    @Test
    void clientsOfTheSameBootAreRememberedByTheirOwnAge() {
        assertThat(Restoration.of(STATE, Samples.ORIGIN, Samples.moment("boot-a", 3_000)))
                .isInstanceOfSatisfying(
                        Restoration.WayToApiServer.class,
                        way -> assertThat(way.clients())
                                .containsEntry(
                                        Samples.WEB,
                                        List.of(
                                                Samples.client("192.0.2.1", 2_005),
                                                Samples.client("192.0.2.2", 2_070))));
        assertThat(Restoration.of(STATE, Samples.ORIGIN, Samples.moment("boot-b", 3_000)))
                .isInstanceOfSatisfying(
                        Restoration.WayToApiServer.class,
                        way -> assertThat(way.clients()).isEmpty());
    }

    @Test
    void nothingWhereTheApiServersServiceIsNotInIt() {
        SavedState without = new SavedState(
                Samples.ORIGIN,
                Samples.SAVED,
                new ClusterContents(Optional.empty(), List.of(Samples.web()), List.of(), Map.of()),
                Map.of());
        assertThat(Restoration.of(without, Samples.ORIGIN, Samples.moment("boot-b", 1)))
                .isInstanceOfSatisfying(
                        Restoration.WayToApiServer.class,
                        way -> assertThat(way.cluster().services()).isEmpty());
    }

    @ParameterizedTest
    @CsvSource({
        "n2, API server https://api:6443/, '', '', 'node: n1 (expected: n2)'",
        "n1, API server https://other/, '', '', 'source: API server https://api:6443/ (expected: API server https://other/)'",
        "n1, API server https://api:6443/, mine, '', 'serviceProxyName:  (expected: mine)'",
        "n1, API server https://api:6443/, '', shop, 'namespaces: [] (expected: [shop])'",
    })
    void nothingOfAnotherOrigin(String node, String source, String proxyName, String namespace, String reason) {
        Origin origin = new Origin(node, source, proxyName, namespace.isEmpty() ? List.of() : List.of(namespace));
        assertThat(Restoration.of(STATE, origin, Samples.moment("boot-a", 1_001)))
                .isEqualTo(new Restoration.Nothing(reason));
    }
}
