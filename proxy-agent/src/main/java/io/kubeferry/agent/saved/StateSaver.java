package io.kubeferry.agent.saved;

import io.kubeferry.agent.saved.SavedState.Moment;
import io.kubeferry.agent.saved.SavedState.Origin;
import io.kubeferry.agent.state.ClusterContents;
import io.kubeferry.core.model.RememberedClient;
import io.kubeferry.core.model.ServicePortKey;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Keeps the state file up to date, beside the traffic and the syncs: nobody waits for the disk.
 *
 * <p>Nothing is written before this process knows the whole cluster itself, so that the time in the file is always that of a
 * process that did. Where the disk does not take the state, what was written before stays; the agent goes on.
 *
 * <p>Threading: a thread of its own; calls from any.
 */
public final class StateSaver implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StateSaver.class);
    private static final Duration TICK = Duration.ofMillis(250);
    /** Affinity changes with every client, and is looked through as a whole. */
    private static final Duration AFFINITY_LOOK = Duration.ofSeconds(5);
    /** A disk that hangs must not keep the process from ending. */
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(3);

    private final StateFolder folder;
    private final Origin origin;
    private final BootClock clock;
    private final Contents contents;
    private final LongSupplier nanos;
    private final Runnable onFailure;
    private final boolean takesOver;
    private final WriterPlace place;
    private final WritePace pace = new WritePace();
    private final AtomicBoolean changed = new AtomicBoolean();
    private final CountDownLatch finishing = new CountDownLatch(1);
    private final Thread thread;
    private volatile boolean known;

    // The thread's own.
    private long affinityMark;
    private long affinityLookedNanos;
    private boolean waitingTold;
    private boolean failing;
    private boolean everWritten;

    /** What there is to save. Thread-safe. */
    public interface Contents {
        /** What is served. */
        ClusterContents cluster();

        /** Where session affinity sends clients. */
        Map<ServicePortKey, List<RememberedClient>> clients();
    }

    /**
     * Nothing is written before {@link #served}.
     *
     * @param takesOver whether another process that writes there makes way for this one
     * @param onFailure is told of each write that failed
     */
    public StateSaver(
            StateFolder folder,
            Origin origin,
            Contents contents,
            boolean takesOver,
            LongSupplier nanos,
            Runnable onFailure) {
        this.folder = folder;
        this.origin = origin;
        this.clock = BootClock.system();
        this.contents = contents;
        this.nanos = nanos;
        this.onFailure = onFailure;
        this.takesOver = takesOver;
        this.place = folder.writerPlace(takesOver);
        this.thread = Thread.ofPlatform().daemon().name("kubeferry-state").start(this::run);
    }

    /** The whole cluster is known, and what is known of it now is served. */
    public void served() {
        changed.set(true);
        known = true;
    }

    /** Writes once more, and lets others write from then on. Returns at once. */
    public void finish() {
        finishing.countDown();
    }

    private void run() {
        try (place) {
            boolean last = false;
            while (!last) {
                last = finishing.await(TICK.toMillis(), TimeUnit.MILLISECONDS);
                tick(last);
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        } catch (IOException alreadyClosed) {
            LOG.debug("the place of the writer did not close cleanly", alreadyClosed);
        }
    }

    private void tick(boolean last) {
        if (changed.getAndSet(false)) {
            pace.changed();
        }
        if (!known || (pace.isResting(nanos.getAsLong()) && !last)) {
            return;
        }
        try {
            folder.make();
            WriterPlace.State before = place.state();
            WriterPlace.State now = place.look();
            tell(before, now);
            boolean gaveWay = before == WriterPlace.State.WRITING && now == WriterPlace.State.GAVE_WAY;
            if (gaveWay || (now == WriterPlace.State.WRITING && (last || isDue()))) {
                write();
            }
            if (gaveWay) {
                place.leave();
            }
        } catch (IOException | RuntimeException failure) {
            failed(failure);
        }
    }

    private boolean isDue() {
        long now = nanos.getAsLong();
        if (!everWritten || now - affinityLookedNanos >= AFFINITY_LOOK.toNanos()) {
            affinityLookedNanos = now;
            long mark = AffinityMark.of(contents.clients(), contents.cluster().services(), now);
            if (mark != affinityMark) {
                affinityMark = mark;
                pace.changed();
            }
        }
        return pace.isDue(now);
    }

    private void write() throws IOException {
        pace.begins();
        long began = nanos.getAsLong();
        Moment moment = clock.now();
        int bytes = folder.write(new SavedState(origin, moment, contents.cluster(), contents.clients()));
        long ended = nanos.getAsLong();
        pace.succeeded(began, ended);
        LOG.debug("the state was written bytes={} micros={}", bytes, TimeUnit.NANOSECONDS.toMicros(ended - began));
        if (failing) {
            LOG.info("the state can be written again: {}", folder.file());
        } else if (!everWritten) {
            LOG.info("what is served is kept for the next start: {} bytes={}", folder.file(), bytes);
        }
        failing = false;
        everWritten = true;
    }

    private void failed(Exception failure) {
        pace.failed(nanos.getAsLong());
        onFailure.run();
        String reason = failure instanceof IOException io ? FailureWords.of(io) : failure.toString();
        if (failing) {
            LOG.debug("the state could not be written again reason={}", reason, failure);
            return;
        }
        failing = true;
        LOG.warn(
                "--state-dir: the state cannot be written to {}: {}; everything is served all the same, but the next start"
                        + " has only what was written before, if that is young enough; trying again every {} s",
                folder.file(),
                reason,
                WritePace.RETRY.toSeconds());
        LOG.debug("the failure in full", failure);
    }

    private void tell(WriterPlace.State before, WriterPlace.State now) {
        switch (now) {
            case WAITING -> {
                if (!waitingTold) {
                    waitingTold = true;
                    LOG.atLevel(takesOver ? Level.INFO : Level.WARN)
                            .log(
                                    "--state-dir: another process writes {}, so this one does not until that one {}",
                                    folder.file(),
                                    takesOver ? "makes way" : "ends; give each a folder of its own");
                }
            }
            case GAVE_WAY -> {
                if (before == WriterPlace.State.WRITING) {
                    LOG.info("another kubeferry has taken over {}; this one writes no more", folder.file());
                }
            }
            case WRITING -> {
                if (before == WriterPlace.State.GAVE_WAY) {
                    LOG.info("the other kubeferry has gone; this one writes {} again", folder.file());
                }
            }
        }
    }

    /** As {@link #finish}, and waits for it, but not for ever. */
    @Override
    public void close() {
        finish();
        try {
            if (!thread.join(CLOSE_WAIT)) {
                LOG.warn("--state-dir: the disk does not answer, so the last state may be missing: {}", folder.file());
            }
        } catch (InterruptedException inAHurry) {
            Thread.currentThread().interrupt();
        }
    }
}
