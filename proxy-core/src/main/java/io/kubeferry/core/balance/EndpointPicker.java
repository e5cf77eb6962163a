package io.kubeferry.core.balance;

import io.kubeferry.core.model.Endpoint;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Chooses endpoints for the connections of one service port under one policy. Thread-safe. */
public interface EndpointPicker {
    /**
     * The endpoint for the next connect attempt of {@code client}, or null if none is left that it has not tried.
     *
     * @param tried what this connection has tried in vain; empty for the first attempt
     */
    @Nullable
    Candidate pick(InetAddress client, List<Candidate> tried);

    /** How many endpoints there are to pick from. */
    int size();

    /** {@code client} has been connected to {@code endpoint}. */
    void connected(InetAddress client, Endpoint endpoint);
}
