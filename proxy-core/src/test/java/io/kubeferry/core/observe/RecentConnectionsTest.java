package io.kubeferry.core.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.model.Protocol;
import io.kubeferry.core.model.ServicePortName;
import io.kubeferry.core.testing.Snapshots;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RecentConnectionsTest {
    private static final ServicePortName NAME = new ServicePortName("shop", "web", "http", Protocol.TCP);
    private static final InetSocketAddress PLACE = Snapshots.socketAddress("127.0.0.1:80");

    private final ServicePortStats stats = new ServicePortStats(NAME, "http");

    @Test
    void theLastOnesAreKeptAndTheLatestComesFirst() {
        LongStream.range(0, 50).forEach(nanos -> stats.remember(ended(nanos, CloseReason.COMPLETED)));
        assertThat(endedNanos(stats.recentConnections()))
                .isEqualTo(LongStream.range(50 - RecentConnections.CAPACITY, 50)
                        .map(nanos -> 49 - nanos + 50 - RecentConnections.CAPACITY)
                        .boxed()
                        .toList());
    }

    @Test
    void connectionsThatWentWellDoNotPushOutAFailure() {
        stats.remember(ended(1, CloseReason.CONNECT_REFUSED));
        LongStream.range(2, 50).forEach(nanos -> stats.remember(ended(nanos, CloseReason.COMPLETED)));
        assertThat(endedNanos(stats.recentFailures())).containsExactly(1L);
        assertThat(endedNanos(stats.recentConnections())).doesNotContain(1L);
    }

    @Test
    void theLatestComesFirstAlsoWhereTheTickerWrapsAround() {
        stats.remember(ended(Long.MAX_VALUE, CloseReason.COMPLETED));
        stats.remember(ended(Long.MIN_VALUE, CloseReason.COMPLETED));
        assertThat(endedNanos(stats.recentConnections())).containsExactly(Long.MIN_VALUE, Long.MAX_VALUE);
    }

    private static List<Long> endedNanos(RecentConnections connections) {
        return connections.latestFirst().stream()
                .map(RecentConnection::endedNanos)
                .toList();
    }

    private static RecentConnection ended(long nanos, CloseReason reason) {
        return new RecentConnection(
                nanos,
                new ConnectionSummary(
                        NAME,
                        "http",
                        PLACE,
                        PLACE,
                        Optional.of(PLACE),
                        1,
                        Optional.empty(),
                        Duration.ofNanos(1),
                        0,
                        0,
                        reason));
    }
}
