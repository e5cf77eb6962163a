package io.kubeferry.core.balance;

import io.kubeferry.core.model.Endpoint;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sends a client back to the endpoint it had, while that one is in the list in use; otherwise lets others choose.
 *
 * <p>As in kube-proxy, an affinity moves when its endpoint leaves the list. What kube-proxy cannot do: it also moves when
 * the endpoint does not answer, to the one that did. Thread-safe.
 */
public final class AffinityPicker implements EndpointPicker {
    private final RoundRobinPicker others;
    private final AffinityTable table;

    /** Remembers in {@code table} what {@code others} chose. */
    public AffinityPicker(RoundRobinPicker others, AffinityTable table) {
        this.others = others;
        this.table = table;
    }

    @Override
    public @Nullable Endpoint pick(InetAddress client, List<Endpoint> tried) {
        return tried.isEmpty()
                ? table.resolve(client, others::find, () -> others.pick(client, tried))
                : others.pick(client, tried);
    }

    @Override
    public int size() {
        return others.size();
    }

    @Override
    public void connected(InetAddress client, Endpoint endpoint) {
        table.remember(client, endpoint);
    }
}
