package io.kubeferry.core.balance;

import static io.kubeferry.core.testing.SampleEndpoint.endpoint;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.model.Endpoint;
import io.kubeferry.core.testing.ManualTicker;
import io.kubeferry.core.testing.Snapshots;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AffinityPickerTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(100);
    private static final Endpoint A = Candidates.endpoint(1);
    private static final Endpoint B = Candidates.endpoint(2);
    private static final Endpoint C = Candidates.endpoint(3);
    private static final InetAddress CLIENT = Snapshots.address("192.0.2.1");

    private final Candidates candidates = new Candidates();
    private final ManualTicker ticker = candidates.ticker;
    private final AffinityTable table =
            new AffinityTable(TIMEOUT, ticker::nanos, new AffinityLimit(AffinityLimit.DEFAULT_MAX_CLIENTS));
    private final RoundRobinPicker all = new RoundRobinPicker(candidates.list(List.of(A, B, C)), new Random(1));
    private final AffinityPicker picker = new AffinityPicker(all, table);

    @Test
    void clientStaysAsLongAsItComesBackWithinTheTimeout() {
        Endpoint first = pick(picker, CLIENT);
        for (int i = 0; i < 10; i++) {
            ticker.advance(TIMEOUT.minusNanos(1));
            assertThat(pick(picker, CLIENT)).isEqualTo(first);
        }
    }

    @Test
    void clientThatStayedAwayForTheTimeoutIsANewOne() {
        Endpoint first = pick(picker, CLIENT);
        ticker.advance(TIMEOUT);
        assertThat(pick(picker, CLIENT)).isNotEqualTo(first);
    }

    @Test
    void timeoutCountsFromTheLastConnectionWhenItIsChanged() {
        Endpoint first = pick(picker, CLIENT);
        ticker.advance(Duration.ofSeconds(60));
        table.setTimeout(Duration.ofSeconds(70));
        assertThat(pick(picker, CLIENT)).isEqualTo(first);
        ticker.advance(Duration.ofSeconds(70));
        assertThat(pick(picker, CLIENT)).isNotEqualTo(first);
    }

    @Test
    void everyClientIsBalancedOnItsOwn() {
        Set<Endpoint> picked = new HashSet<>();
        IntStream.rangeClosed(1, 3).forEach(number -> picked.add(pick(picker, Snapshots.address("192.0.2." + number))));
        assertThat(picked).containsExactlyInAnyOrder(A, B, C);
    }

    @Test
    void clientMovesWhenItsEndpointIsNotInTheListInUse() {
        Endpoint first = pick(picker, CLIENT);
        List<Endpoint> others =
                List.of(A, B, C).stream().filter(other -> !other.equals(first)).toList();
        AffinityPicker ofOtherList =
                new AffinityPicker(new RoundRobinPicker(candidates.list(others), new Random(1)), table);

        Endpoint second = pick(ofOtherList, CLIENT);
        assertThat(second).isIn(others);
        assertThat(pick(ofOtherList, CLIENT)).isEqualTo(second);
    }

    @Test
    void addressesWithListsOfTheirOwnShareWhatIsRemembered() {
        AffinityPicker ofAnotherAddress =
                new AffinityPicker(new RoundRobinPicker(candidates.list(List.of(A, B, C)), new Random(2)), table);
        assertThat(pick(ofAnotherAddress, CLIENT)).isEqualTo(pick(picker, CLIENT));
    }

    @Test
    void endpointThatWasAwayIsForgotten() {
        Endpoint first = pick(picker, CLIENT);
        table.retain(endpoint -> !endpoint.sameTarget(first));
        table.retain(endpoint -> true);
        assertThat(pick(picker, CLIENT)).isNotEqualTo(first);
    }

    @Test
    void clientStaysWithAnEndpointWhoseConditionsChange() {
        Endpoint first = pick(picker, CLIENT);
        List<Endpoint> changed = List.of(A, B, C).stream()
                .map(same -> endpoint(same.toString()).onNode("n7").build())
                .toList();
        all.update(candidates.list(changed));
        assertThat(pick(picker, CLIENT).sameTarget(first)).isTrue();
    }

    @Test
    void clientMovesToTheEndpointThatAnsweredInsteadOfItsOwn() {
        Endpoint first = pick(picker, CLIENT);
        Endpoint second = Objects.requireNonNull(
                        picker.pick(CLIENT, candidates.list(List.of(first)).all()))
                .endpoint();
        picker.connected(CLIENT, second);
        assertThat(second).isNotEqualTo(first);
        assertThat(pick(picker, CLIENT)).isEqualTo(second);
    }

    @Test
    void clientMovesAwayFromAnEndpointThatIsSetAsideAndStaysWhereItWent() {
        Endpoint first = pick(picker, CLIENT);
        EndpointTrack track = candidates.list(List.of(first)).all().getFirst().track();
        track.connectFailed(ticker.nanos(), ticker.nanos());

        Endpoint second = pick(picker, CLIENT);
        assertThat(second).isNotEqualTo(first);
        track.connected(ticker.nanos());
        assertThat(pick(picker, CLIENT)).isEqualTo(second);
    }

    @Test
    void clientStaysWhereEveryEndpointIsSetAside() {
        Endpoint first = pick(picker, CLIENT);
        IntStream.rangeClosed(1, 3).forEach(candidates::setAside);

        assertThat(pick(picker, CLIENT)).isEqualTo(first);
    }

    @Test
    void howeverManyClientsComeMemoryStaysBounded() {
        for (int client = 0; client < 300_000; client++) {
            pick(picker, Snapshots.address("10." + (client >> 16) + "." + (client >> 8 & 255) + "." + (client & 255)));
        }
        assertThat(table.size()).isLessThanOrEqualTo(100_000);
    }

    private static Endpoint pick(AffinityPicker picker, InetAddress client) {
        return Candidates.pick(picker, client);
    }
}
