package io.kubeferry.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubeferry.agent.state.ClusterEvent;
import io.kubeferry.agent.state.ObjectName;
import io.kubeferry.agent.state.SliceRecord;
import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.model.NodeIdentity;
import io.kubeferry.core.model.ProxySnapshot;
import io.kubeferry.core.model.Skipped;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SyncerTest {
    private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");
    private static final ObjectName WEB = new ObjectName("shop", "web");
    private static final ObjectName WEB_SLICE = new ObjectName("shop", "web-abc");

    private final AtomicLong nanos = new AtomicLong();
    private final FakeState state = new FakeState();
    private final BlockingQueue<ProxySnapshot> applied = new LinkedBlockingQueue<>();
    private final List<String> news = new ArrayList<>();
    private final SyncHealth health =
            new SyncHealth(Duration.ofSeconds(60), nanos::get, () -> START.plusNanos(nanos.get()));
    private SnapshotApplier applier = applied::add;
    private final Syncer syncer = newSyncer(2);

    private Syncer newSyncer(int sources) {
        return new Syncer(
                state,
                snapshot -> applier.apply(snapshot),
                health,
                List.of(new ThrowingObserver(), new RecordingObserver()),
                new SyncOptions(sources, EnumSet.allOf(IpFamily.class), Pacing.KUBE_PROXY),
                nanos::get,
                () -> START.plusNanos(nanos.get()));
    }

    @AfterEach
    void close() {
        syncer.close();
    }

    @Test
    void nothingIsAppliedBeforeEverySourceIsComplete() throws Exception {
        syncer.onEvent(new ClusterEvent.ServiceRemoved(WEB));
        syncer.onSynced();
        syncer.syncOnce();
        assertThat(applied).isEmpty();
        syncer.onSynced();
        syncer.syncOnce();
        assertThat(applied).hasSize(1);
    }

    @Test
    void whatAnEarlierProcessHasLeftIsAppliedAtOnceAndOnlyItsOwnSyncIsEarly() throws Exception {
        syncer.serveEarly(List.of(new ClusterEvent.ServiceRemoved(WEB)));
        assertThat(news).containsExactly("queued [IPV4, IPV6]");
        syncer.syncOnce();
        assertThat(news).last().isEqualTo("succeeded EARLY {}");
        news.clear();
        syncer.onEvent(new ClusterEvent.ServiceRemoved(WEB));
        assertThat(news).as("half a list asks for no sync").noneMatch(line -> line.startsWith("queued"));
        syncer.onSynced();
        syncer.onSynced();
        assertThat(news).contains("queued [IPV4, IPV6]");
        syncer.syncOnce();
        assertThat(news).last().isEqualTo("succeeded FULL {}");
        assertThat(applied).hasSize(2);
    }

    @Test
    void theLastSourceToBecomeCompleteStartsTheFirstSync() throws InterruptedException {
        syncer.start();
        syncer.onSynced();
        syncer.onSynced();
        assertThat(applied.poll(30, TimeUnit.SECONDS)).isNotNull();
    }

    @Test
    void aChangeIsAppliedAtOnceAndANoOpIsNot() throws Exception {
        open();
        state.nextChanges = false;
        syncer.onEvent(new ClusterEvent.ServiceRemoved(WEB));
        assertThat(news).noneMatch(line -> line.startsWith("queued"));
        state.nextChanges = true;
        syncer.onEvent(new ClusterEvent.ServiceRemoved(WEB));
        assertThat(news).contains("queued [IPV4, IPV6]");
    }

    @Test
    void changesToldTogetherAskForOneSyncThatHasThemAll() throws Exception {
        open();
        syncer.onEvents(List.of(
                new ClusterEvent.ServiceRemoved(WEB), new ClusterEvent.SliceApplied(slice(IpFamily.IPV4), List.of())));
        assertThat(news).containsOnlyOnce("queued [IPV4, IPV6]").last().isEqualTo("queued [IPV4, IPV6]");
    }

    @Test
    void beforeTheFirstListsNothingCountsAsQueued() {
        syncer.start();
        syncer.onEvent(new ClusterEvent.ServiceRemoved(WEB));
        turnClock(Duration.ofMinutes(5));
        assertThat(health.report().healthy()).isTrue();
        assertThat(health.report().families()).hasSize(2);
    }

    @Test
    void anAppliedSnapshotMakesBothFamiliesHealthy() throws Exception {
        open();
        syncer.onEvent(new ClusterEvent.ServiceRemoved(WEB));
        turnClock(Duration.ofMinutes(2));
        assertThat(health.report().healthy()).isFalse();
        syncer.syncOnce();
        assertThat(health.report().healthy()).isTrue();
    }

    @Test
    void aChangeDuringASyncStaysQueued() throws Exception {
        open();
        applier = snapshot -> syncer.onEvent(new ClusterEvent.ServiceRemoved(WEB));
        syncer.syncOnce();
        turnClock(Duration.ofSeconds(60));
        assertThat(health.report().healthy()).isFalse();
    }

    @Test
    void aFailureReachesTheRunnerAndTheObserversAndKeepsTheChangesPending() throws Exception {
        open();
        syncer.onEvent(new ClusterEvent.SliceApplied(slice(IpFamily.IPV4), List.of()));
        applier = snapshot -> {
            throw new IllegalStateException("no");
        };
        news.clear();
        assertThatThrownBy(syncer::syncOnce).hasMessage("no");
        assertThat(news)
                .containsExactly(
                        "pending SERVICE 0",
                        "pending ENDPOINTS 0",
                        "pending SERVICE 0",
                        "pending ENDPOINTS 1",
                        "failed PARTIAL");
        applier = applied::add;
        turnClock(Duration.ofSeconds(5));
        syncer.syncOnce();
        assertThat(news).last().isEqualTo("succeeded FULL {}");
    }

    @Test
    void programmingTimeCountsFromTheChangeInTheCluster() throws Exception {
        open();
        state.lastChanges = Map.of(IpFamily.IPV4, List.of(START.plusSeconds(1), START.plusSeconds(2)));
        syncer.onEvent(new ClusterEvent.SliceApplied(slice(IpFamily.IPV4), List.of()));
        turnClock(Duration.ofSeconds(3));
        syncer.syncOnce();
        assertThat(news).last().isEqualTo("succeeded PARTIAL {IPV4=[PT2S, PT1S]}");
    }

    @Test
    void aSliceConcernsItsOwnFamilyOnly() throws Exception {
        open();
        syncer.onEvent(new ClusterEvent.SliceApplied(slice(IpFamily.IPV6), List.of()));
        assertThat(news).contains("queued [IPV6]");
    }

    @Test
    void theFirstSyncAForcedOneAndANodeChangeAreFull() throws Exception {
        syncer.onSynced();
        syncer.onEvent(new ClusterEvent.ServiceRemoved(WEB));
        syncer.onSynced();
        syncer.syncOnce();
        assertThat(news).last().isEqualTo("succeeded FULL {}");
        syncer.syncOnce();
        assertThat(news).last().isEqualTo("succeeded FULL {}");
        syncer.onEvent(new ClusterEvent.NodeRemoved("n1"));
        syncer.syncOnce();
        assertThat(news).last().isEqualTo("succeeded FULL {}");
        syncer.onEvent(new ClusterEvent.ServiceRemoved(WEB));
        syncer.syncOnce();
        assertThat(news).last().isEqualTo("succeeded PARTIAL {}");
    }

    @Test
    void changesAreCountedAsKubeProxyCountsThem() throws Exception {
        open();
        state.nextChanges = false;
        syncer.onEvent(new ClusterEvent.ServiceRemoved(WEB));
        syncer.onEvent(new ClusterEvent.SliceRemoved(WEB_SLICE));
        assertThat(news).containsExactly("seen SERVICE 2", "seen ENDPOINTS 1");
    }

    @Test
    void aSliceThatCannotBeUsedCountsOnlyWhereItTakesEndpointsAway() throws Exception {
        open();
        ClusterEvent ofNames =
                new ClusterEvent.SliceIgnored(WEB_SLICE, new Skipped("EndpointSlice shop/web-1", "", "names"));
        state.nextChanges = false;
        syncer.onEvent(ofNames);
        assertThat(news).isEmpty();
        state.nextChanges = true;
        syncer.onEvent(ofNames);
        assertThat(news).startsWith("seen ENDPOINTS 1");
    }

    private void open() throws Exception {
        syncer.onSynced();
        syncer.onSynced();
        syncer.syncOnce();
        applied.clear();
        news.clear();
    }

    private static SliceRecord slice(IpFamily family) {
        return new SliceRecord(WEB_SLICE, WEB, family, List.of(), List.of(), Optional.empty());
    }

    private void turnClock(Duration by) {
        nanos.addAndGet(by.toNanos());
    }

    private static final class FakeState implements SnapshotSource {
        boolean nextChanges = true;
        Map<IpFamily, List<Instant>> lastChanges = Map.of();
        private long generation;

        @Override
        public boolean apply(ClusterEvent event) {
            return nextChanges;
        }

        @Override
        public Map<IpFamily, List<Instant>> drainLastChanges() {
            Map<IpFamily, List<Instant>> drained = lastChanges;
            lastChanges = Map.of();
            return drained;
        }

        @Override
        public ProxySnapshot snapshot() {
            return new ProxySnapshot(++generation, new NodeIdentity("n1", Optional.empty(), List.of()), Map.of());
        }
    }

    /** Its failures must hurt nobody. */
    private static final class ThrowingObserver implements SyncObserver {
        @Override
        public void succeeded(ProxySnapshot snapshot, Run run, Map<IpFamily, List<Duration>> programming) {
            throw new IllegalStateException("observer");
        }
    }

    private final class RecordingObserver implements SyncObserver {
        @Override
        public void changesSeen(Subject subject, int count) {
            news.add("seen " + subject + " " + count);
        }

        @Override
        public void changesPending(Subject subject, int count) {
            news.add("pending " + subject + " " + count);
        }

        @Override
        public void queued(Set<IpFamily> families) {
            news.add("queued " + families);
        }

        @Override
        public void succeeded(ProxySnapshot snapshot, Run run, Map<IpFamily, List<Duration>> programming) {
            news.add("succeeded " + run.extent() + " " + programming);
        }

        @Override
        public void failed(Run run) {
            news.add("failed " + run.extent());
        }
    }
}
