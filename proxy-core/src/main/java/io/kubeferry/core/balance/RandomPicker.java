package io.kubeferry.core.balance;

import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Draws an endpoint at random, as kube-proxy does. Thread-safe. */
public final class RandomPicker implements BalancingPicker {
    private final RandomGenerator random;
    private volatile CandidateList candidates;

    /** Draws from {@code candidates}; {@code random} is thread-safe. */
    public RandomPicker(CandidateList candidates, RandomGenerator random) {
        this.candidates = candidates;
        this.random = random;
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
        if (current.all().isEmpty()) {
            return null;
        }
        Candidate drawn = draw(current.all());
        if (current.isOpen(drawn, tried)) {
            return drawn;
        }
        List<Candidate> open = current.open(tried);
        return open.isEmpty() ? null : draw(open);
    }

    private Candidate draw(List<Candidate> from) {
        return from.get(random.nextInt(from.size()));
    }
}
