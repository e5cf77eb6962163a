package io.kubeferry.core.balance;

import java.util.List;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Draws two endpoints at random and chooses the one with fewer connections: nearly as even as looking at all of them, at
 * the same cost whatever their number, and many agents that decide at once do not all choose the same one (Mitzenmacher,
 * "The Power of Two Choices in Randomized Load Balancing").
 *
 * <p>A new endpoint has no connections and would get every one that comes. So its share grows over its first thirty seconds.
 *
 * <p>Thread-safe.
 */
public final class LeastConnectionsPicker implements BalancingPicker {
    private final RandomGenerator random;
    private final LongSupplier nanos;
    private volatile CandidateList candidates;

    /** Draws from {@code candidates}; {@code random} is thread-safe, {@code nanos} the data plane's ticker. */
    public LeastConnectionsPicker(CandidateList candidates, RandomGenerator random, LongSupplier nanos) {
        this.candidates = candidates;
        this.random = random;
        this.nanos = nanos;
    }

    @Override
    public void update(CandidateList candidates) {
        this.candidates = candidates;
    }

    @Override
    public CandidateList candidates() {
        return candidates;
    }

    @Override
    public @Nullable Candidate pick(List<Candidate> tried) {
        CandidateList current = candidates;
        List<Candidate> all = current.all();
        if (all.size() > 1) {
            int one = random.nextInt(all.size());
            int other = anotherThan(one, all.size());
            if (current.isOpen(all.get(one), tried) && current.isOpen(all.get(other), tried)) {
                return lessLoaded(all.get(one), all.get(other));
            }
        }
        List<Candidate> open = current.open(tried);
        if (open.size() < 2) {
            return open.isEmpty() ? null : open.getFirst();
        }
        int one = random.nextInt(open.size());
        return lessLoaded(open.get(one), open.get(anotherThan(one, open.size())));
    }

    private int anotherThan(int index, int size) {
        int other = random.nextInt(size - 1);
        return other < index ? other : other + 1;
    }

    private Candidate lessLoaded(Candidate one, Candidate other) {
        long now = nanos.getAsLong();
        return load(other, now) < load(one, now) ? other : one;
    }

    /** The connections it would have, as if its share were a full one. */
    private static double load(Candidate candidate, long now) {
        return (candidate.track().connections() + 1) / candidate.track().weight(now);
    }
}
