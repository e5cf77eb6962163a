package io.kubeferry.core.balance;

import io.kubeferry.core.model.Balance;
import io.kubeferry.core.model.Endpoint;
import java.net.InetAddress;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Spreads connections over endpoints, whoever the client is. Thread-safe. */
public sealed interface BalancingPicker extends EndpointPicker
        permits RoundRobinPicker, LeastConnectionsPicker, RandomPicker {
    /**
     * Spreads connections over {@code candidates} as {@code balance} says.
     *
     * @param random thread-safe
     * @param nanos the data plane's ticker
     */
    static BalancingPicker of(Balance balance, CandidateList candidates, RandomGenerator random, LongSupplier nanos) {
        return switch (balance) {
            case ROUND_ROBIN -> new RoundRobinPicker(candidates, random);
            case LEAST_CONNECTIONS -> new LeastConnectionsPicker(candidates, random, nanos);
            case RANDOM -> new RandomPicker(candidates, random);
        };
    }

    /** What it chooses from. */
    CandidateList candidates();

    /** Goes on with {@code candidates}. One thread at a time; picks go on meanwhile. */
    void update(CandidateList candidates);

    /** As {@link #pick(InetAddress, List)}. */
    @Nullable
    Candidate pick(List<Candidate> tried);

    @Override
    default @Nullable Candidate pick(InetAddress client, List<Candidate> tried) {
        return pick(tried);
    }

    @Override
    default int size() {
        return candidates().all().size();
    }

    @Override
    default void connected(InetAddress client, Endpoint endpoint) {
        // What was chosen says nothing about the next choice.
    }
}
