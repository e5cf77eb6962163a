package io.kubeferry.core.balance;

import io.kubeferry.core.model.Endpoint;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Gives every endpoint its turn, exactly, counted over all event loops.
 *
 * <p>It begins at a random endpoint, so that restarts of many agents do not favour one pod, and keeps its place when
 * endpoints come and go: the one whose turn it was is still next, or the one that follows it in the order. A retry takes
 * a turn as well; so an endpoint that refuses does not give its neighbour in the order a double share. For the same
 * reason the turns of endpoints that are set aside go to all others, in turn.
 *
 * <p>Thread-safe.
 */
public final class RoundRobinPicker implements BalancingPicker {
    private volatile Ring ring;

    /**
     * The endpoints and whose turn it is. Both count up, so far that they never wrap around.
     *
     * @param turn of all endpoints
     * @param spare whose turn it is to get the turn of an endpoint that does not take it
     */
    private record Ring(CandidateList candidates, AtomicLong turn, AtomicLong spare) {
        static <T> T next(List<T> list, AtomicLong turn) {
            return list.get(Math.floorMod(turn.getAndIncrement(), list.size()));
        }
    }

    /** Takes turns over {@code candidates}, beginning at a random one. */
    public RoundRobinPicker(CandidateList candidates, RandomGenerator random) {
        int start =
                candidates.all().isEmpty() ? 0 : random.nextInt(candidates.all().size());
        ring = new Ring(candidates, new AtomicLong(start), new AtomicLong(start));
    }

    @Override
    public void update(CandidateList candidates) {
        Ring old = ring;
        ring = new Ring(candidates, new AtomicLong(placeOfNext(old, candidates.all())), old.spare());
    }

    @Override
    public CandidateList candidates() {
        return ring.candidates();
    }

    @Override
    public @Nullable Candidate pick(List<Candidate> tried) {
        Ring current = ring;
        if (current.candidates().all().isEmpty()) {
            return null;
        }
        Candidate candidate = Ring.next(current.candidates().all(), current.turn());
        if (current.candidates().isOpen(candidate, tried)) {
            return candidate;
        }
        List<Candidate> open = current.candidates().open(tried);
        return open.isEmpty() ? null : Ring.next(open, current.spare());
    }

    /** The index in {@code candidates} of the one whose turn it was in {@code old}, or of the first that follows it. */
    private static int placeOfNext(Ring old, List<Candidate> candidates) {
        List<Candidate> before = old.candidates().all();
        if (before.isEmpty() || candidates.isEmpty()) {
            return 0;
        }
        Endpoint next =
                before.get(Math.floorMod(old.turn().get(), before.size())).endpoint();
        for (int i = 0; i < candidates.size(); i++) {
            if (Endpoint.ORDER.compare(candidates.get(i).endpoint(), next) >= 0) {
                return i;
            }
        }
        return 0;
    }
}
