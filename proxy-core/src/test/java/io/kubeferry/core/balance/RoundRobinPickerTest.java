package io.kubeferry.core.balance;

import static io.kubeferry.core.balance.Candidates.endpoint;
import static io.kubeferry.core.balance.Candidates.endpoints;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.model.Endpoint;
import io.kubeferry.core.testing.SampleEndpoint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RoundRobinPickerTest {
    private final Candidates candidates = new Candidates();

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void beginsAtARandomEndpointAndGoesOnInOrder(int start) {
        List<Endpoint> endpoints = endpoints(1, 2, 3);
        RoundRobinPicker picker = new RoundRobinPicker(candidates.list(endpoints), startingAt(start));

        assertThat(picks(picker, 6))
                .isEqualTo(IntStream.range(start, start + 6)
                        .mapToObj(i -> endpoints.get(i % 3))
                        .toList());
    }

    @Test
    void withoutEndpointsThereIsNothingToPick() {
        RoundRobinPicker picker = new RoundRobinPicker(candidates.list(), startingAt(0));

        assertThat(pick(picker, List.of())).isNull();
        assertThat(picker.size()).isZero();
    }

    @Test
    void everyEndpointGetsExactlyItsShareOverManyThreads() throws Exception {
        List<Endpoint> endpoints = endpoints(1, 2, 3, 4, 5, 6, 7);
        RoundRobinPicker picker = new RoundRobinPicker(candidates.list(endpoints), startingAt(3));

        Map<Endpoint, Integer> counts = countPicksOfThreads(picker, 8, 7_000);

        assertThat(counts).hasSize(7).allSatisfy((_, count) -> assertThat(count).isEqualTo(8_000));
    }

    @ParameterizedTest
    @CsvSource({
        "the next one stays,                       1 2 3 4, 3 4, 3",
        "the next one went and its follower is next, 1 2 3 4, 1 2 4, 4",
        "the last one was next and went,           1 2 3,   1 2, 1",
        "one before it went,                       1 2 3 4, 2 3 4, 3",
        "one before it came,                       1 2 3 4, 0 1 2 3 4, 3",
        "one right before the next one came,       1 2 4 5, 1 2 3 4 5, 4",
        "all are new and follow,                   1 2 3 4, 7 8 9, 7",
        "all are new and came before,              4 5 6 7, 1 2 3, 1",
    })
    void keepsItsPlaceWhenEndpointsChange(String what, String before, String after, int next) {
        RoundRobinPicker picker = new RoundRobinPicker(candidates.list(numbers(before)), startingAt(0));
        picks(picker, 2);

        picker.update(candidates.list(numbers(after)));

        assertThat(pick(picker, List.of())).as(what).isEqualTo(endpoint(next));
    }

    @Test
    void sharesStayExactWhileAnotherEndpointsConditionsChange() {
        RoundRobinPicker picker = new RoundRobinPicker(candidates.list(1, 2, 3), startingAt(0));
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i < 300; i++) {
            counts.merge(String.valueOf(pick(picker, List.of())), 1, Integer::sum);
            picker.update(candidates.list(List.of(
                    endpoint(1),
                    i % 2 == 0
                            ? endpoint(2)
                            : SampleEndpoint.endpoint("10.244.0.2:80")
                                    .onNode("n1")
                                    .build(),
                    endpoint(3))));
        }

        assertThat(counts.values()).containsExactly(100, 100, 100);
    }

    @Test
    void endpointsThatAllWentAndCameBackAreServedAgain() {
        RoundRobinPicker picker = new RoundRobinPicker(candidates.list(1, 2), startingAt(0));

        picker.update(candidates.list());
        assertThat(pick(picker, List.of())).isNull();
        picker.update(candidates.list(1, 2));

        assertThat(picks(picker, 4)).containsExactly(endpoint(1), endpoint(2), endpoint(1), endpoint(2));
    }

    @Test
    void retryTakesATurnAndNeverRepeatsWhatWasTried() {
        RoundRobinPicker picker = new RoundRobinPicker(candidates.list(1, 2, 3), startingAt(0));

        assertThat(pick(picker, List.of())).isEqualTo(endpoint(1));
        assertThat(pick(picker, candidates.tried(1))).isEqualTo(endpoint(2));
        assertThat(pick(picker, List.of())).isEqualTo(endpoint(3));
        assertThat(pick(picker, candidates.tried(1, 2, 3))).isNull();
    }

    @Test
    void retryFindsTheOneLeftWhoeverTookTheTurnsInBetween() {
        RoundRobinPicker picker = new RoundRobinPicker(candidates.list(1, 2, 3), startingAt(0));

        for (int taken = 0; taken < 9; taken++) {
            assertThat(pick(picker, candidates.tried(1, 3))).isEqualTo(endpoint(2));
            picks(picker, 1);
        }
    }

    @Test
    void endpointTriedUnderOtherConditionsIsNotTriedAgain() {
        RoundRobinPicker picker = new RoundRobinPicker(candidates.list(1), startingAt(0));
        Endpoint tried =
                SampleEndpoint.endpoint("10.244.0.1:80").servingAndTerminating().build();

        assertThat(pick(picker, candidates.list(List.of(tried)).all())).isNull();
    }

    @Test
    void neighbourOfAnEndpointThatRefusesGetsNoDoubleShare() {
        RoundRobinPicker picker = new RoundRobinPicker(candidates.list(1, 2, 3, 4), startingAt(0));
        Map<Endpoint, Integer> connected = new HashMap<>();

        for (int connection = 0; connection < 300; connection++) {
            Endpoint picked = Objects.requireNonNull(pick(picker, List.of()));
            if (picked.equals(endpoint(1))) {
                picked = Objects.requireNonNull(pick(picker, candidates.tried(1)));
            }
            connected.merge(picked, 1, Integer::sum);
        }

        assertThat(connected)
                .containsOnlyKeys(endpoint(2), endpoint(3), endpoint(4))
                .allSatisfy((_, count) -> assertThat(count).isEqualTo(100));
    }

    @Test
    void turnsOfAnEndpointThatIsSetAsideGoToAllOthersAlike() {
        RoundRobinPicker picker = new RoundRobinPicker(candidates.list(1, 2, 3, 4), startingAt(0));
        candidates.setAside(2);
        Map<Endpoint, Integer> counts = new HashMap<>();

        picks(picker, 1_200).forEach(picked -> counts.merge(picked, 1, Integer::sum));

        assertThat(counts)
                .containsOnlyKeys(endpoint(1), endpoint(3), endpoint(4))
                .allSatisfy((_, count) -> assertThat(count).isEqualTo(400));
    }

    @Test
    void endpointsThatAreSetAsideGetWhatNobodyElseIsLeftFor() {
        RoundRobinPicker picker = new RoundRobinPicker(candidates.list(1, 2, 3), startingAt(0));
        candidates.setAside(1);
        candidates.setAside(3);

        assertThat(picks(picker, 3)).containsOnly(endpoint(2));
        assertThat(pick(picker, candidates.tried(2))).isIn(endpoints(1, 3));
        candidates.setAside(2);
        assertThat(picks(picker, 3)).containsExactlyInAnyOrder(endpoint(1), endpoint(2), endpoint(3));
    }

    @Test
    void whereSettingAsideIsOffEveryEndpointGetsItsTurn() {
        RoundRobinPicker picker =
                new RoundRobinPicker(new CandidateList(candidates.list(1, 2).all(), false), startingAt(0));
        candidates.setAside(1);

        assertThat(picks(picker, 2)).containsExactly(endpoint(1), endpoint(2));
    }

    @Test
    void sharesStayExactBeyondTheLargestInt() {
        // A place no list has: it brings the count of turns close to where an int would wrap around.
        RoundRobinPicker picker = new RoundRobinPicker(candidates.list(1, 2, 3), startingAt(Integer.MAX_VALUE - 4));
        Map<Endpoint, Integer> counts = new HashMap<>();

        picks(picker, 30).forEach(endpoint -> counts.merge(endpoint, 1, Integer::sum));

        assertThat(counts).hasSize(3).allSatisfy((_, count) -> assertThat(count).isEqualTo(10));
    }

    @Test
    void picksGoOnWhileEndpointsChange() throws Exception {
        RoundRobinPicker picker = new RoundRobinPicker(candidates.list(1, 2, 3, 4), startingAt(0));
        AtomicBoolean picking = new AtomicBoolean(true);
        try (ExecutorService updater = Executors.newSingleThreadExecutor()) {
            Future<?> updates = updater.submit(() -> {
                while (picking.get()) {
                    picker.update(candidates.list(1, 2, 3, 4, 5));
                    picker.update(candidates.list(2, 3, 4));
                }
            });

            Map<Endpoint, Integer> counts = countPicksOfThreads(picker, 4, 5_000);
            picking.set(false);
            updates.get();

            assertThat(counts).containsKeys(endpoint(2), endpoint(3), endpoint(4));
            assertThat(counts.keySet()).isSubsetOf(endpoints(1, 2, 3, 4, 5));
        }
    }

    private static Map<Endpoint, Integer> countPicksOfThreads(RoundRobinPicker picker, int threads, int picksEach)
            throws Exception {
        Map<Endpoint, Integer> counts = new HashMap<>();
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            Callable<List<Endpoint>> picking = () -> picks(picker, picksEach);
            for (Future<List<Endpoint>> picked : pool.invokeAll(
                    IntStream.range(0, threads).mapToObj(_ -> picking).toList())) {
                picked.get().forEach(endpoint -> counts.merge(endpoint, 1, Integer::sum));
            }
        }
        return counts;
    }

    private static List<Endpoint> picks(RoundRobinPicker picker, int count) {
        List<Endpoint> picks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            picks.add(Objects.requireNonNull(pick(picker, List.of())));
        }
        return picks;
    }

    private static @Nullable Endpoint pick(RoundRobinPicker picker, List<Candidate> tried) {
        return Candidates.endpointOf(picker.pick(tried));
    }

    private static int[] numbers(String text) {
        return List.of(text.split(" ")).stream().mapToInt(Integer::parseInt).toArray();
    }

    /** Randomness that always gives {@code number}. */
    private static RandomGenerator startingAt(int number) {
        return new RandomGenerator() {
            @Override
            public int nextInt(int bound) {
                return number;
            }

            @Override
            public long nextLong() {
                throw new AssertionError("a picker asks for nextInt(bound) and nothing else");
            }
        };
    }
}
