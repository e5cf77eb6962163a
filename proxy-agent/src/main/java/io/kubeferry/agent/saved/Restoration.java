package io.kubeferry.agent.saved;

import io.kubeferry.agent.saved.SavedState.Moment;
import io.kubeferry.agent.saved.SavedState.Origin;
import io.kubeferry.agent.state.ClusterContents;
import io.kubeferry.agent.state.ObjectName;
import io.kubeferry.core.model.RememberedClient;
import io.kubeferry.core.model.ServicePortKey;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is served from a state file until the sources have told everything. Immutable; deciding is pure.
 *
 * <p>Ages are taken from the clock that runs since the boot, which nobody sets and which does not stop while the machine
 * sleeps. So a clock on the wall that jumps makes no file older or younger.
 */
public sealed interface Restoration {
    /** A file must be younger than this for its endpoints to be believed: pods move. */
    Duration MAX_AGE = Duration.ofMinutes(10);

    /** The Service of the API server: who reaches that through it needs it to learn anything newer. */
    ObjectName API_SERVER = new ObjectName("default", "kubernetes");

    /**
     * All that was saved.
     *
     * @param clients as long ago as it is by now
     */
    record Everything(SavedState state, Duration age, Map<ServicePortKey, List<RememberedClient>> clients)
            implements Restoration {}

    /**
     * The way to the API server only, since the rest may be wrong by now.
     *
     * @param cluster that Service and its slices
     * @param reason a clause that names field, value and expectation
     * @param clients whom session affinity may still remember when their Services are served again
     */
    record WayToApiServer(ClusterContents cluster, String reason, Map<ServicePortKey, List<RememberedClient>> clients)
            implements Restoration {}

    /**
     * Nothing.
     *
     * @param reason a clause that names field, value and expectation
     */
    record Nothing(String reason) implements Restoration {}

    /** What of {@code state} a process of {@code origin} serves that starts {@code now}. */
    static Restoration of(SavedState state, Origin origin, Moment now) {
        Optional<String> foreign = difference(state.origin(), origin);
        if (foreign.isPresent()) {
            return new Nothing(foreign.get());
        }
        Moment saved = state.saved();
        if (!saved.bootId().equals(now.bootId())) {
            return wayToApiServer(
                    state,
                    "bootId: " + saved.bootId() + " (expected: " + now.bootId() + ", that of this boot)",
                    Map.of());
        }
        Duration age = now.sinceBoot().minus(saved.sinceBoot());
        if (age.isNegative()) {
            return wayToApiServer(
                    state,
                    "sinceBootMillis: " + saved.sinceBoot().toMillis() + " (expected: at most "
                            + now.sinceBoot().toMillis() + ", which is now)",
                    Map.of());
        }
        Map<ServicePortKey, List<RememberedClient>> clients = later(state.clients(), age);
        return age.compareTo(MAX_AGE) < 0
                ? new Everything(state, age, clients)
                : wayToApiServer(
                        state,
                        "time: " + saved.time() + ", " + age.toSeconds() + " s ago (expected: less than "
                                + MAX_AGE.toSeconds() + " s ago)",
                        clients);
    }

    private static Optional<String> difference(Origin found, Origin expected) {
        return different("node", found.node(), expected.node())
                .or(() -> different("source", found.source(), expected.source()))
                .or(() -> different("serviceProxyName", found.serviceProxyName(), expected.serviceProxyName()))
                .or(() -> different("namespaces", found.namespaces(), expected.namespaces()));
    }

    private static Optional<String> different(String field, Object found, Object expected) {
        return found.equals(expected)
                ? Optional.empty()
                : Optional.of(new UnusableStateException(field, found, expected.toString()).reason());
    }

    private static Restoration wayToApiServer(
            SavedState state, String reason, Map<ServicePortKey, List<RememberedClient>> clients) {
        ClusterContents cluster = state.cluster()
                .only(API_SERVER)
                .orElse(new ClusterContents(Optional.empty(), List.of(), List.of(), Map.of()));
        return new WayToApiServer(cluster, reason, clients);
    }

    private static Map<ServicePortKey, List<RememberedClient>> later(
            Map<ServicePortKey, List<RememberedClient>> clients, Duration by) {
        Map<ServicePortKey, List<RememberedClient>> later = new HashMap<>();
        clients.forEach((key, remembered) -> later.put(
                key,
                remembered.stream()
                        .map(client -> new RememberedClient(
                                client.client(),
                                client.address(),
                                client.port(),
                                client.idle().plus(by)))
                        .toList()));
        return later;
    }
}
