package io.kubeferry.core.balance;

import io.kubeferry.core.model.Endpoint;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sends a client back to the endpoint it had, while that one is in the list in use; otherwise lets others choose.
 *
 * <p>As in kube-proxy, an affinity moves when its endpoint leaves the list. What kube-proxy cannot do: it also moves when
 * the endpoint does not answer, to the one that did, and when the endpoint is set aside while others are not. Thread-safe.
 */
public final class AffinityPicker implements EndpointPicker {
    private final BalancingPicker others;
    private final AffinityTable table;

    /** Remembers in {@code table} what {@code others} chose. */
    public AffinityPicker(BalancingPicker others, AffinityTable table) {
        this.others = others;
        this.table = table;
    }

    @Override
    public @Nullable Candidate pick(InetAddress client, List<Candidate> tried) {
        if (!tried.isEmpty()) {
            return others.pick(tried);
        }
        Endpoint chosen = table.resolve(client, this::current, this::fresh);
        Candidate candidate = chosen == null ? null : others.candidates().find(chosen);
        // Null also where the list has changed within these two lines.
        return candidate == null ? others.pick(tried) : candidate;
    }

    @Override
    public int size() {
        return others.size();
    }

    @Override
    public void connected(InetAddress client, Endpoint endpoint) {
        table.remember(client, endpoint);
    }

    private @Nullable Endpoint current(Endpoint remembered) {
        CandidateList candidates = others.candidates();
        Candidate candidate = candidates.find(remembered);
        return candidate == null || candidates.isSpared(candidate) ? null : candidate.endpoint();
    }

    private @Nullable Endpoint fresh() {
        Candidate picked = others.pick(List.of());
        return picked == null ? null : picked.endpoint();
    }
}
