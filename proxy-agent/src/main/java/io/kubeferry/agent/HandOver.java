package io.kubeferry.agent;

import io.kubeferry.agent.host.AgentSlot;
import io.kubeferry.agent.options.AddressMode;
import io.kubeferry.agent.options.AgentOptions;
import io.kubeferry.agent.options.HandOverOptions;
import io.kubeferry.agent.sync.SyncObserver;
import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.model.ProxySnapshot;
import io.kubeferry.core.net.HostLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How this process and another one take over from each other: who may be at work on this host, and how whoever starts the
 * one and stops the other learns when to.
 *
 * <p>Threading: made and closed on the main thread; the observer runs on the sync thread.
 */
final class HandOver implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HandOver.class);

    private final Optional<AgentSlot> slot;
    private final Optional<Path> readyFile;
    private boolean left;

    private HandOver(Optional<AgentSlot> slot, Optional<Path> readyFile) {
        this.slot = slot;
        this.readyFile = readyFile;
    }

    /**
     * Takes the place of this process on the host.
     *
     * @throws AgentStartException if others are at work and this one is not meant to take over, or the file that says
     *     when it is ready cannot be written
     */
    static HandOver begin(AgentOptions options) throws AgentStartException {
        Optional<Path> readyFile = options.handOver().readyFile();
        if (readyFile.isPresent()) {
            forget(readyFile.get());
        }
        return new HandOver(slot(options), readyFile);
    }

    private static Optional<AgentSlot> slot(AgentOptions options) throws AgentStartException {
        HandOverOptions handOver = options.handOver();
        boolean captures = options.addresses().mode() == AddressMode.CAPTURE;
        // Without --overlap, two that want the same loopback addresses find these in use.
        if (!HostLock.isAvailable() || !(captures || handOver.overlap())) {
            return Optional.empty();
        }
        Optional<AgentSlot> slot = AgentSlot.take(captures ? AgentSlot.CAPTURE : purpose(options), handOver.overlap());
        if (slot.isEmpty()) {
            throw new AgentStartException(
                    handOver.overlap()
                            ? "two kubeferry processes are at work on this host already (expected: one, from which"
                                    + " this one takes over)"
                            : "another kubeferry captures the Service addresses of this host (expected: none, or"
                                    + " --overlap to take over from it)");
        }
        return slot;
    }

    /** Those that answer for themselves at the same addresses are two of the same. */
    private static String purpose(AgentOptions options) {
        return Integer.toHexString(Objects.hash(
                options.http().healthz(),
                options.http().metrics(),
                options.http().status()));
    }

    /**
     * Whether this process is the only one at work. One that has been told to end is not: what it leaves is for whoever is
     * started next.
     */
    synchronized boolean isAlone() {
        return !left && slot.map(AgentSlot::isAlone).orElse(true);
    }

    /**
     * Says that this process is ready as soon as a first plan is in force of which every address could be bound. One from a
     * state file does not count: a process that has not seen the cluster must not take the place of one that has.
     */
    SyncObserver readiness(IntSupplier bindFailures) {
        return new SyncObserver() {
            private boolean told;

            @Override
            public void succeeded(ProxySnapshot snapshot, Run run, Map<IpFamily, List<Duration>> programming) {
                if (!told && run.extent() != Extent.EARLY && bindFailures.getAsInt() == 0) {
                    told = true;
                    tellReady();
                }
            }
        };
    }

    private synchronized void tellReady() {
        if (readyFile.isEmpty() || left) {
            return;
        }
        try {
            Files.writeString(readyFile.get(), ProcessHandle.current().pid() + "\n");
        } catch (IOException unwritable) {
            LOG.warn(
                    "--ready-file {}: cannot be written, so nobody learns that this process is ready: reason={}",
                    readyFile.get(),
                    unwritable.toString());
        }
    }

    /** This process accepts no more: it is not ready, and its place is free for another one. */
    synchronized void leave() {
        if (!left) {
            left = true;
            readyFile.ifPresent(HandOver::forgetQuietly);
            slot.ifPresent(AgentSlot::close);
        }
    }

    @Override
    public void close() {
        leave();
    }

    private static void forget(Path readyFile) throws AgentStartException {
        try {
            Files.deleteIfExists(readyFile);
        } catch (IOException unwritable) {
            throw new AgentStartException(
                    "--ready-file: " + readyFile + " (expected: a file that can be written: " + unwritable + ")");
        }
    }

    private static void forgetQuietly(Path readyFile) {
        try {
            Files.deleteIfExists(readyFile);
        } catch (IOException unwritable) {
            LOG.warn("--ready-file {}: cannot be removed: reason={}", readyFile, unwritable.toString());
        }
    }
}
