package io.kubeferry.core.balance;

import io.kubeferry.core.model.Endpoint;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * The tracks of all endpoints of one service port, over both IP families: of those it has, and of those it had that still
 * have connections.
 *
 * <p>Threading: changes on the sync thread; {@link #all} on any.
 */
public final class EndpointTracks {
    private final LongSupplier nanos;
    /** Immutable; replaced when it changes. */
    private volatile Map<InetSocketAddress, EndpointTrack> byAddress = Map.of();

    /** No tracks; {@code nanos} is the data plane's ticker. */
    public EndpointTracks(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** Every track, in no order. Thread-safe. */
    public Collection<EndpointTrack> all() {
        return byAddress.values();
    }

    /**
     * Follows the Service, which has {@code present}, usable or not. Returns the tracks of endpoints that it had before
     * this call and has no longer.
     */
    public Set<EndpointTrack> retain(Collection<Endpoint> present) {
        Set<InetSocketAddress> addresses = new HashSet<>();
        present.forEach(endpoint -> addresses.add(addressOf(endpoint)));
        Set<EndpointTrack> departed = new LinkedHashSet<>();
        Map<InetSocketAddress, EndpointTrack> next = new HashMap<>(byAddress);
        next.values().removeIf(track -> {
            if (addresses.contains(track.address())) {
                if (track.isGone()) {
                    track.returned(nanos.getAsLong());
                }
                return false;
            }
            if (!track.isGone()) {
                track.left(nanos.getAsLong());
                departed.add(track);
            }
            return track.connections() == 0;
        });
        byAddress = Map.copyOf(next);
        return departed;
    }

    /** {@code endpoints} with their tracks; those that are not among {@code before} are new to connections. */
    public List<Candidate> candidates(List<Endpoint> endpoints, List<Candidate> before) {
        Set<InetSocketAddress> known = new HashSet<>();
        before.forEach(candidate -> known.add(candidate.track().address()));
        Map<InetSocketAddress, EndpointTrack> next = new HashMap<>(byAddress);
        List<Candidate> candidates = new ArrayList<>(endpoints.size());
        for (Endpoint endpoint : endpoints) {
            InetSocketAddress address = addressOf(endpoint);
            EndpointTrack track = next.computeIfAbsent(address, _ -> new EndpointTrack(address, nanos.getAsLong()));
            if (!known.contains(address)) {
                track.entered(nanos.getAsLong());
            }
            candidates.add(new Candidate(endpoint, track));
        }
        byAddress = Map.copyOf(next);
        return candidates;
    }

    private static InetSocketAddress addressOf(Endpoint endpoint) {
        return new InetSocketAddress(endpoint.address(), endpoint.port());
    }
}
