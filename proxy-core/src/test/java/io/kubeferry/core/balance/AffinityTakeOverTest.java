package io.kubeferry.core.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.model.Endpoint;
import io.kubeferry.core.model.RememberedClient;
import io.kubeferry.core.testing.ManualTicker;
import io.kubeferry.core.testing.Snapshots;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** One process remembers clients, and another one goes on with them. */
class AffinityTakeOverTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(100);
    private static final Endpoint A = Candidates.endpoint(1);
    private static final Endpoint B = Candidates.endpoint(2);

    private final ManualTicker ticker = new ManualTicker();
    private final ManualTicker ofOther = new ManualTicker();
    private final AffinityTable before = table(ticker, AffinityLimit.DEFAULT_MAX_CLIENTS);

    @Test
    void everyClientIsToldWithItsEndpointAndHowLongItHasBeenAway() {
        before.remember(client(1), A);
        ticker.advance(Duration.ofSeconds(30));
        before.remember(client(2), B);
        ticker.advance(Duration.ofSeconds(20));

        assertThat(before.remembered()).containsExactlyInAnyOrder(remembered(1, A, 50), remembered(2, B, 20));
    }

    @Test
    void askingKeepsNobodyLonger() {
        before.remember(client(1), A);
        ticker.advance(TIMEOUT.minusNanos(1));
        assertThat(before.remembered()).hasSize(1);
        ticker.advance(Duration.ofNanos(1));
        assertThat(before.remembered()).isEmpty();
    }

    @Test
    void clientsStayAsLongAsTheyWouldHaveWithTheOther() {
        AffinityTable after = table(ofOther, AffinityLimit.DEFAULT_MAX_CLIENTS);
        after.takeOver(List.of(remembered(1, A, 20), remembered(2, B, 70), remembered(3, B, 100)));

        assertThat(idle(after)).containsExactlyInAnyOrder("1 for 20", "2 for 70");
        ofOther.advance(Duration.ofSeconds(30));
        assertThat(idle(after)).containsExactly("1 for 50");
        assertThat(find(after, 1)).isEqualTo(A);
        ofOther.advance(Duration.ofSeconds(99));
        assertThat(find(after, 1)).isEqualTo(A);
    }

    @Test
    void aLimitHoldsForThoseThatAreTakenOverToo() {
        AffinityTable after = table(ofOther, 100);
        List<RememberedClient> many = new ArrayList<>();
        IntStream.range(0, 200).forEach(i -> many.add(remembered(i, A, i % 90)));
        after.takeOver(many);

        assertThat(after.size()).isBetween(90L, 101L);
    }

    private static AffinityTable table(ManualTicker clock, int maxClients) {
        return new AffinityTable(TIMEOUT, clock::nanos, new AffinityLimit(maxClients));
    }

    private static @Nullable Endpoint find(AffinityTable table, int client) {
        return table.resolve(client(client), remembered -> remembered, () -> null);
    }

    private static List<String> idle(AffinityTable table) {
        return table.remembered().stream()
                .map(client -> (client.client().getAddress()[3] & 0xff) + " for "
                        + client.idle().toSeconds())
                .toList();
    }

    private static RememberedClient remembered(int client, Endpoint endpoint, int idleSeconds) {
        return new RememberedClient(
                client(client), endpoint.address(), endpoint.port(), Duration.ofSeconds(idleSeconds));
    }

    private static InetAddress client(int number) {
        return Snapshots.address("192.0.2." + number);
    }
}
