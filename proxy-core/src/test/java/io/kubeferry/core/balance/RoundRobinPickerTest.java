package io.kubeferry.core.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.model.Endpoint;
import io.kubeferry.core.testing.SampleEndpoint;
import io.kubeferry.core.testing.Snapshots;
import java.net.InetAddress;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RoundRobinPickerTest {
    private static final InetAddress CLIENT = Snapshots.address("192.0.2.1");

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void beginsAtARandomEndpointAndGoesOnInOrder(int start) {
        List<Endpoint> endpoints = endpoints(1, 2, 3);
        RoundRobinPicker picker = new RoundRobinPicker(endpoints, startingAt(start));

        assertThat(picks(picker, 6))
                .isEqualTo(IntStream.range(start, start + 6)
                        .mapToObj(i -> endpoints.get(i % 3))
                        .toList());
    }

    @Test
    void withoutEndpointsThereIsNothingToPick() {
        RoundRobinPicker picker = new RoundRobinPicker(List.of(), startingAt(0));

        assertThat(picker.pick(CLIENT, List.of())).isNull();
        assertThat(picker.size()).isZero();
    }

    @Test
    void everyEndpointGetsExactlyItsShareOverManyThreads() throws Exception {
        List<Endpoint> endpoints = endpoints(1, 2, 3, 4, 5, 6, 7);
        RoundRobinPicker picker = new RoundRobinPicker(endpoints, startingAt(3));

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
        RoundRobinPicker picker = new RoundRobinPicker(endpoints(numbers(before)), startingAt(0));
        picks(picker, 2);

        picker.update(endpoints(numbers(after)));

        assertThat(picker.pick(CLIENT, List.of())).as(what).isEqualTo(endpoint(next));
    }

    @Test
    void sharesStayExactWhileAnotherEndpointsConditionsChange() {
        RoundRobinPicker picker = new RoundRobinPicker(endpoints(1, 2, 3), startingAt(0));
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i < 300; i++) {
            counts.merge(String.valueOf(picker.pick(CLIENT, List.of())), 1, Integer::sum);
            picker.update(List.of(
                    endpoint(1),
                    i % 2 == 0
                            ? endpoint(2)
                            : SampleEndpoint.endpoint("10.244.0.2:80")
                                    .onNode("n1")
                                    .build(),
                    endpoint(3)));
        }

        assertThat(counts.values()).containsExactly(100, 100, 100);
    }

    @Test
    void endpointsThatAllWentAndCameBackAreServedAgain() {
        RoundRobinPicker picker = new RoundRobinPicker(endpoints(1, 2), startingAt(0));

        picker.update(List.of());
        assertThat(picker.pick(CLIENT, List.of())).isNull();
        picker.update(endpoints(1, 2));

        assertThat(picks(picker, 4)).containsExactly(endpoint(1), endpoint(2), endpoint(1), endpoint(2));
    }

    @Test
    void retryTakesATurnAndNeverRepeatsWhatWasTried() {
        RoundRobinPicker picker = new RoundRobinPicker(endpoints(1, 2, 3), startingAt(0));

        assertThat(picker.pick(CLIENT, List.of())).isEqualTo(endpoint(1));
        assertThat(picker.pick(CLIENT, endpoints(1))).isEqualTo(endpoint(2));
        assertThat(picker.pick(CLIENT, List.of())).isEqualTo(endpoint(3));
        assertThat(picker.pick(CLIENT, endpoints(1, 2, 3))).isNull();
    }

    @Test
    void retryFindsTheOneLeftWhoeverTookTheTurnsInBetween() {
        RoundRobinPicker picker = new RoundRobinPicker(endpoints(1, 2, 3), startingAt(0));

        for (int taken = 0; taken < 9; taken++) {
            assertThat(picker.pick(CLIENT, endpoints(1, 3))).isEqualTo(endpoint(2));
            picks(picker, 1);
        }
    }

    @Test
    void endpointTriedUnderOtherConditionsIsNotTriedAgain() {
        RoundRobinPicker picker = new RoundRobinPicker(endpoints(1), startingAt(0));
        Endpoint tried =
                SampleEndpoint.endpoint("10.244.0.1:80").servingAndTerminating().build();

        assertThat(picker.pick(CLIENT, List.of(tried))).isNull();
    }

    @Test
    void neighbourOfAnEndpointThatRefusesGetsNoDoubleShare() {
        RoundRobinPicker picker = new RoundRobinPicker(endpoints(1, 2, 3, 4), startingAt(0));
        Map<Endpoint, Integer> connected = new HashMap<>();

        for (int connection = 0; connection < 300; connection++) {
            List<Endpoint> tried = new ArrayList<>();
            Endpoint picked = Objects.requireNonNull(picker.pick(CLIENT, tried));
            while (picked.equals(endpoint(1))) {
                tried.add(picked);
                picked = Objects.requireNonNull(picker.pick(CLIENT, tried));
            }
            connected.merge(picked, 1, Integer::sum);
        }

        assertThat(connected)
                .containsOnlyKeys(endpoint(2), endpoint(3), endpoint(4))
                .allSatisfy((_, count) -> assertThat(count).isEqualTo(100));
    }

    @Test
    void sharesStayExactBeyondTheLargestInt() {
        // A place no list has: it brings the count of turns close to where an int would wrap around.
        RoundRobinPicker picker = new RoundRobinPicker(endpoints(1, 2, 3), startingAt(Integer.MAX_VALUE - 4));
        Map<Endpoint, Integer> counts = new HashMap<>();

        picks(picker, 30).forEach(endpoint -> counts.merge(endpoint, 1, Integer::sum));

        assertThat(counts).hasSize(3).allSatisfy((_, count) -> assertThat(count).isEqualTo(10));
    }

    @Test
    void picksGoOnWhileEndpointsChange() throws Exception {
        RoundRobinPicker picker = new RoundRobinPicker(endpoints(1, 2, 3, 4), startingAt(0));
        AtomicBoolean picking = new AtomicBoolean(true);
        try (ExecutorService updater = Executors.newSingleThreadExecutor()) {
            Future<?> updates = updater.submit(() -> {
                while (picking.get()) {
                    picker.update(endpoints(1, 2, 3, 4, 5));
                    picker.update(endpoints(2, 3, 4));
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
            picks.add(Objects.requireNonNull(picker.pick(CLIENT, List.of())));
        }
        return picks;
    }

    private static int[] numbers(String text) {
        return List.of(text.split(" ")).stream().mapToInt(Integer::parseInt).toArray();
    }

    private static List<Endpoint> endpoints(int... numbers) {
        return IntStream.of(numbers).mapToObj(RoundRobinPickerTest::endpoint).toList();
    }

    private static Endpoint endpoint(int number) {
        return SampleEndpoint.endpoint("10.244.0." + number + ":80").build();
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
