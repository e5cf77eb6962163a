package io.kubeferry.core.balance;

import static io.kubeferry.core.balance.Candidates.endpoint;
import static io.kubeferry.core.balance.Candidates.pick;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.model.Endpoint;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LeastConnectionsPickerTest {
    private static final Duration LONG_ENOUGH_TO_BE_OLD = Duration.ofMinutes(1);

    private final Candidates candidates = new Candidates();

    @Test
    void ofTwoTheOneWithFewerConnectionsIsChosen() {
        LeastConnectionsPicker picker = picker(1, 2);
        connections(1, 3);
        connections(2, 2);

        assertThat(IntStream.range(0, 50).mapToObj(_ -> pick(picker))).containsOnly(endpoint(2));
        connections(2, 2);
        assertThat(IntStream.range(0, 50).mapToObj(_ -> pick(picker))).containsOnly(endpoint(1));
    }

    @Test
    void ofManyTheBusiestIsNeverChosenAndTheIdlestMostOften() {
        LeastConnectionsPicker picker = picker(1, 2, 3, 4);
        IntStream.rangeClosed(1, 4).forEach(number -> connections(number, number * 10));

        Map<Endpoint, Integer> counts = counts(picker, 6_000);

        // Of six pairs of endpoints three hold the idlest, two the next, one the third.
        assertThat(counts).containsOnlyKeys(endpoint(1), endpoint(2), endpoint(3));
        assertThat(counts.get(endpoint(1))).isBetween(2_700, 3_300);
        assertThat(counts.get(endpoint(2))).isBetween(1_700, 2_300);
        assertThat(counts.get(endpoint(3))).isBetween(800, 1_200);
    }

    @Test
    void equallyBusyOnesGetEqualShares() {
        Map<Endpoint, Integer> counts = counts(picker(1, 2, 3), 6_000);

        assertThat(counts).hasSize(3).allSatisfy((_, count) -> assertThat(count).isBetween(1_800, 2_200));
    }

    @Test
    void newEndpointIsNotFloodedAndGetsItsShareInTheEnd() {
        LeastConnectionsPicker picker = picker(1, 2);
        connections(1, 10);
        connections(2, 10);
        candidates.ticker.advance(LONG_ENOUGH_TO_BE_OLD);
        picker.update(candidates.list(1, 2, 3));

        assertThat(connectionsGivenTo(3, picker, 60)).isBetween(1, 4);
        candidates.ticker.advance(Duration.ofSeconds(15));
        assertThat(connectionsGivenTo(3, picker, 60)).isBetween(10, 30);
        candidates.ticker.advance(Duration.ofSeconds(15));
        connectionsGivenTo(3, picker, 300);
        assertThat(candidates.track(3).connections())
                .isBetween(
                        candidates.track(1).connections() - 8,
                        candidates.track(1).connections() + 8);
    }

    @Test
    void endpointThatCameBackFromBeingSetAsideStartsSlowlyToo() {
        LeastConnectionsPicker picker = picker(1, 2);
        connections(1, 8);
        candidates.setAside(2);
        assertThat(pick(picker)).isEqualTo(endpoint(1));
        candidates.track(2).connected(candidates.ticker.nanos());

        assertThat(connectionsGivenTo(2, picker, 10)).isLessThan(3);
    }

    @Test
    void endpointThatIsSetAsideIsChosenOnlyWhereNobodyElseIsLeft() {
        LeastConnectionsPicker picker = picker(1, 2, 3);
        candidates.setAside(1);
        connections(2, 50);
        connections(3, 50);

        assertThat(counts(picker, 100)).doesNotContainKey(endpoint(1));
        assertThat(Candidates.endpointOf(picker.pick(candidates.tried(2, 3)))).isEqualTo(endpoint(1));
        assertThat(picker.pick(candidates.tried(1, 2, 3))).isNull();
    }

    @Test
    void withoutEndpointsThereIsNothingToPick() {
        assertThat(picker().pick(List.of())).isNull();
    }

    private LeastConnectionsPicker picker(int... numbers) {
        LeastConnectionsPicker picker =
                new LeastConnectionsPicker(candidates.list(numbers), new Random(1), candidates.ticker::nanos);
        candidates.ticker.advance(LONG_ENOUGH_TO_BE_OLD);
        return picker;
    }

    private void connections(int number, int more) {
        IntStream.range(0, more).forEach(_ -> candidates.track(number).connectionBegan());
    }

    /** Opens {@code connections} that all stay, and returns how many of them went to endpoint {@code number}. */
    private int connectionsGivenTo(int number, LeastConnectionsPicker picker, int connections) {
        int before = candidates.track(number).connections();
        IntStream.range(0, connections)
                .forEach(_ ->
                        Objects.requireNonNull(picker.pick(List.of())).track().connectionBegan());
        return candidates.track(number).connections() - before;
    }

    private static Map<Endpoint, Integer> counts(LeastConnectionsPicker picker, int picks) {
        Map<Endpoint, Integer> counts = new HashMap<>();
        IntStream.range(0, picks).forEach(_ -> counts.merge(pick(picker), 1, Integer::sum));
        return counts;
    }
}
