package io.kubeferry.agent.sync;

import io.kubeferry.core.model.ProxySnapshot;

/** What a sync hands its snapshot to: the data plane. */
@FunctionalInterface
public interface SnapshotApplier {
    /**
     * Brings {@code snapshot} into force and returns when it is. Called on the sync thread only.
     *
     * @throws Exception if it could not be applied; the sync is then repeated
     */
    void apply(ProxySnapshot snapshot) throws Exception;
}
