package io.kubeferry.core.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.model.Protocol;
import io.kubeferry.core.model.ServicePortName;
import io.kubeferry.core.testing.Snapshots;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RecentLimitTest {
    private static final int MAX = 1_000;
    private static final InetSocketAddress PLACE = Snapshots.socketAddress("127.0.0.1:80");

    private final RecentLimit limit = new RecentLimit(MAX);

    @Test
    void manyBusyServicePortsKeepALatestFewEach() {
        List<ServicePortStats> busy = servicePorts(200);
        for (long nanos = 0; nanos < 50; nanos++) {
            for (ServicePortStats servicePort : busy) {
                servicePort.remember(ended(nanos, CloseReason.COMPLETED));
            }
            assertThat(kept(busy)).isLessThanOrEqualTo(MAX);
        }
        assertThat(kept(busy)).isGreaterThanOrEqualTo(MAX * 3 / 4);
        assertThat(busy)
                .allSatisfy(servicePort -> assertThat(
                                servicePort.recentConnections().latestFirst())
                        .first()
                        .extracting(RecentConnection::endedNanos)
                        .isEqualTo(49L));
    }

    @Test
    void whoGivesUpSomeKeepsTheLatest() {
        ServicePortStats web = servicePorts(1).getFirst();
        LongStream.range(0, 20).forEach(nanos -> web.remember(ended(nanos, CloseReason.COMPLETED)));
        assertThat(web.recentConnections().keepLatest(3)).isEqualTo(3);
        web.remember(ended(20, CloseReason.COMPLETED));
        assertThat(web.recentConnections().latestFirst())
                .extracting(RecentConnection::endedNanos)
                .containsExactly(20L, 19L, 18L, 17L);
    }

    @Test
    void whoKeepsFewLosesNothingToTheBusy() {
        ServicePortStats quiet = servicePorts(1).getFirst();
        quiet.remember(ended(1, CloseReason.CONNECT_REFUSED));
        List<ServicePortStats> busy = servicePorts(200);
        LongStream.range(0, 50)
                .forEach(nanos -> busy.forEach(each -> each.remember(ended(nanos, CloseReason.UPSTREAM_RESET))));
        assertThat(quiet.recentFailures().latestFirst()).hasSize(1);
        assertThat(quiet.recentConnections().latestFirst()).hasSize(1);
    }

    @Test
    void whereThereIsRoomEachKeepsAllItCan() {
        List<ServicePortStats> few = servicePorts(MAX / RecentConnections.CAPACITY);
        LongStream.range(0, 50)
                .forEach(nanos -> few.forEach(each -> each.remember(ended(nanos, CloseReason.COMPLETED))));
        assertThat(few)
                .allSatisfy(servicePort -> assertThat(
                                servicePort.recentConnections().latestFirst())
                        .hasSize(RecentConnections.CAPACITY));
    }

    @Test
    void eventLoopsThatAddAtTheSameMomentStayWithinTheLimit() throws InterruptedException {
        List<ServicePortStats> busy = servicePorts(200);
        List<Thread> loops = new ArrayList<>();
        for (int loop = 0; loop < 4; loop++) {
            loops.add(Thread.ofPlatform()
                    .start(() -> IntStream.range(0, 20_000)
                            .forEach(i -> busy.get(i % 200).remember(ended(i, CloseReason.COMPLETED)))));
        }
        for (Thread loop : loops) {
            loop.join();
        }
        // A place that is taken while room is made may be missed until room is made again.
        assertThat(kept(busy)).isLessThanOrEqualTo(MAX + MAX / 10);
    }

    private List<ServicePortStats> servicePorts(int count) {
        return IntStream.range(0, count)
                .mapToObj(i ->
                        new ServicePortStats(new ServicePortName("shop", "s" + i, "http", Protocol.TCP), "http", limit))
                .toList();
    }

    private static int kept(List<ServicePortStats> servicePorts) {
        return servicePorts.stream()
                .mapToInt(each -> each.recentConnections().latestFirst().size()
                        + each.recentFailures().latestFirst().size())
                .sum();
    }

    private static RecentConnection ended(long nanos, CloseReason reason) {
        return new RecentConnection(
                nanos,
                new ConnectionSummary(
                        new ServicePortName("shop", "web", "http", Protocol.TCP),
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
