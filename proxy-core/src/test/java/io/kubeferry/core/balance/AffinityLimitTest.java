package io.kubeferry.core.balance;

import static io.kubeferry.core.testing.SampleEndpoint.endpoint;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.model.Endpoint;
import io.kubeferry.core.testing.ManualTicker;
import io.kubeferry.core.testing.Snapshots;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AffinityLimitTest {
    private static final int MAX = 10_000;
    /** An equal part for ten tables, of what is left where there is room for a fiftieth part again. */
    private static final int SMALL = (MAX - MAX / 50) / 10;

    private static final Endpoint ANY = endpoint("10.244.0.1:80").build();

    private final ManualTicker ticker = new ManualTicker();
    private final AffinityLimit limit = new AffinityLimit(MAX);

    @Test
    void aFloodAtOneServicePortForgetsNobodyOfTheOthers() {
        List<AffinityTable> others = Stream.generate(this::table).limit(9).toList();
        others.forEach(table -> visit(table, 0, SMALL));
        AffinityTable flooded = table();
        for (int client = 0; client < 5 * MAX; client++) {
            visit(flooded, client, client + 1);
            assertThat(flooded.size() + 9 * SMALL).isLessThanOrEqualTo(MAX);
        }
        assertThat(others)
                .allSatisfy(table -> assertThat(known(table, 0, SMALL)).isEqualTo(SMALL));
        assertThat(flooded.size()).isGreaterThanOrEqualTo(SMALL);
    }

    @Test
    void floodsAtSeveralServicePortsShareWhatIsLeft() {
        AffinityTable small = table();
        visit(small, 0, 100);
        List<AffinityTable> flooded = Stream.generate(this::table).limit(3).toList();
        for (int client = 0; client < 2 * MAX; client++) {
            for (AffinityTable table : flooded) {
                visit(table, client, client + 1);
            }
        }
        assertThat(known(small, 0, 100)).isEqualTo(100);
        assertThat(flooded)
                .allSatisfy(table -> assertThat(table.size()).isBetween((long) MAX * 3 / 10, (long) MAX * 4 / 10));
    }

    @Test
    void clientsThatComeAgainOutlastThoseThatCameOnce() {
        AffinityTable flooded = table();
        visit(table(), 0, MAX / 2);
        for (int client = 1000; client < 2 * MAX; client++) {
            visit(flooded, client, client + 1);
            if (client % 500 == 0) {
                visit(flooded, 0, 100);
            }
        }
        assertThat(known(flooded, 0, 100)).isEqualTo(100);
    }

    @Test
    void clientsWhoseTimeIsOverMakeRoomFirst() {
        AffinityTable quiet = table();
        visit(quiet, 0, MAX / 2);
        ticker.advance(Duration.ofHours(2));
        AffinityTable busy = table();
        visit(busy, 0, MAX * 9 / 10);
        assertThat(known(busy, 0, MAX * 9 / 10)).isEqualTo(MAX * 9 / 10);
    }

    @Test
    void aServicePortThatGoesGivesItsRoomBack() {
        AffinityTable goes = table();
        visit(goes, 0, MAX / 2);
        goes.close();
        visit(goes, MAX, MAX + 100); // Connections that were on their way.
        assertThat(goes.size()).isZero();
        AffinityTable other = table();
        visit(other, 0, MAX);
        assertThat(other.size()).isEqualTo(MAX);
    }

    @Test
    void eventLoopsThatAddAtTheSameMomentStayWithinTheLimit() throws InterruptedException {
        List<AffinityTable> tables = Stream.generate(this::table).limit(4).toList();
        List<Thread> loops = new ArrayList<>();
        for (int loop = 0; loop < 4; loop++) {
            int first = loop * MAX;
            loops.add(Thread.ofPlatform()
                    .start(() -> IntStream.range(first, first + MAX)
                            .forEach(client -> visit(tables.get(client % 4), client, client + 1))));
        }
        for (Thread loop : loops) {
            loop.join();
        }
        assertThat(tables.stream().mapToLong(AffinityTable::size).sum()).isBetween((long) MAX * 9 / 10, (long) MAX);
    }

    @Test
    void levelIsTheGreatestSizeThatFits() {
        assertThat(AffinityLimit.level(new long[] {10, 50, 100}, 100)).isEqualTo(45);
        assertThat(AffinityLimit.level(new long[] {100, 10, 100}, 100)).isEqualTo(45);
        assertThat(AffinityLimit.level(new long[] {10, 20, 30}, 60)).isEqualTo(Long.MAX_VALUE);
        assertThat(AffinityLimit.level(new long[] {}, 60)).isEqualTo(Long.MAX_VALUE);
    }

    private AffinityTable table() {
        return new AffinityTable(Duration.ofHours(1), ticker::nanos, limit);
    }

    private static void visit(AffinityTable table, int from, int to) {
        IntStream.range(from, to).forEach(client -> table.resolve(client(client), stored -> stored, () -> ANY));
    }

    /** How many of these clients {@code table} remembers. */
    private static long known(AffinityTable table, int from, int to) {
        boolean[] asked = new boolean[1];
        long known = 0;
        for (int client = from; client < to; client++) {
            asked[0] = false;
            table.resolve(client(client), stored -> stored, () -> {
                asked[0] = true;
                return ANY;
            });
            known += asked[0] ? 0 : 1;
        }
        return known;
    }

    private static InetAddress client(int number) {
        return Snapshots.address("10." + (number >> 16) + "." + (number >> 8 & 255) + "." + (number & 255));
    }
}
