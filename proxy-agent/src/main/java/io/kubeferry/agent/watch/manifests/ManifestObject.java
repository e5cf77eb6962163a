package io.kubeferry.agent.watch.manifests;

import io.kubeferry.agent.state.ClusterEvent;
import java.util.Optional;

/** What one object of a manifest turned out to be. */
sealed interface ManifestObject {
    /** It can be used. */
    record Usable(ManifestKey key, ClusterEvent event) implements ManifestObject {}

    /**
     * It is of a kind that is wanted, but something is wrong with it.
     *
     * @param key what it would have been, if that much can be told
     * @param reason one clause for people that names the object
     */
    record Broken(Optional<ManifestKey> key, String reason) implements ManifestObject {}

    /** It is of a kind that nobody here wants. */
    record OtherKind(String kindName) implements ManifestObject {}

    /** It is of a kind that is wanted but belongs to somebody else: another node's Node object. */
    record NotOurs() implements ManifestObject {}
}
