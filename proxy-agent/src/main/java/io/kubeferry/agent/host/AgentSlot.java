package io.kubeferry.agent.host;

import io.kubeferry.core.net.HostLock;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * One of the two places for processes that do the same on one host: one at work, and one that takes over from it. Tells
 * the intended pair from two that were started by mistake. Thread-safe.
 */
public final class AgentSlot implements AutoCloseable {
    /** The purpose of those that capture Service addresses. */
    public static final String CAPTURE = "capture";

    private static final int SLOTS = 2;

    private final String purpose;
    private final int number;
    private final HostLock lock;
    /** Whoever was seen in the other place. */
    private Optional<HostLock.Watch> other = Optional.empty();

    private AgentSlot(String purpose, int number, HostLock lock) {
        this.purpose = purpose;
        this.number = number;
        this.lock = lock;
    }

    /**
     * Takes a place.
     *
     * @param purpose what only two may do at a time
     * @param overlap whether another process may be at work
     * @return empty where {@code overlap} is false and there is another one, or where there are two
     */
    public static Optional<AgentSlot> take(String purpose, boolean overlap) {
        Optional<HostLock> first = HostLock.take(name(purpose, 0));
        Optional<HostLock> second = HostLock.take(name(purpose, 1));
        if (first.isPresent() && second.isPresent()) {
            second.get().close();
            return Optional.of(new AgentSlot(purpose, 0, first.get()));
        }
        if (!overlap) {
            first.ifPresent(HostLock::close);
            second.ifPresent(HostLock::close);
            return Optional.empty();
        }
        return first.map(lock -> new AgentSlot(purpose, 0, lock))
                .or(() -> second.map(lock -> new AgentSlot(purpose, 1, lock)));
    }

    /** Whether any process is at work for {@code purpose}, this one included. */
    public static boolean isAnyoneAt(String purpose) {
        return IntStream.range(0, SLOTS).anyMatch(number -> HostLock.isTaken(name(purpose, number)));
    }

    /** Whether no other process is at work now. Cheap, and stands in nobody's way: it may be asked again and again. */
    public synchronized boolean isAlone() {
        if (other.filter(HostLock.Watch::isHeld).isPresent()) {
            return false;
        }
        other.ifPresent(HostLock.Watch::close);
        other = HostLock.watch(name(purpose, SLOTS - 1 - number));
        return other.isEmpty();
    }

    /** Leaves the place to others. */
    @Override
    public synchronized void close() {
        other.ifPresent(HostLock.Watch::close);
        other = Optional.empty();
        lock.close();
    }

    private static String name(String purpose, int number) {
        return "kubeferry-" + purpose + "-" + number;
    }
}
