package io.kubeferry.core.balance;

import io.kubeferry.core.model.Endpoint;
import java.net.InetAddress;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Gives every endpoint its turn, exactly, counted over all event loops.
 *
 * <p>It begins at a random endpoint, so that restarts of many agents do not favour one pod, and keeps its place when
 * endpoints come and go: the one whose turn it was is still next, or the one that follows it in the order. A retry takes
 * a turn as well; so an endpoint that refuses does not give its neighbour in the order a double share.
 *
 * <p>Thread-safe.
 */
public final class RoundRobinPicker implements EndpointPicker {
    private volatile Ring ring;

    /** The endpoints and whose turn it is. The list is immutable; {@code turn} counts up, so far that it never wraps around. */
    private record Ring(List<Endpoint> endpoints, AtomicLong turn) {
        int nextIndex() {
            return Math.floorMod(turn.getAndIncrement(), endpoints.size());
        }
    }

    /** Takes turns over {@code endpoints}, in {@link Endpoint#ORDER}, beginning at a random one. */
    public RoundRobinPicker(List<Endpoint> endpoints, RandomGenerator random) {
        int start = endpoints.isEmpty() ? 0 : random.nextInt(endpoints.size());
        ring = new Ring(List.copyOf(endpoints), new AtomicLong(start));
    }

    /** Goes on with {@code endpoints}, in {@link Endpoint#ORDER}. One thread at a time; picks go on meanwhile. */
    public void update(List<Endpoint> endpoints) {
        Ring old = ring;
        if (!old.endpoints().equals(endpoints)) {
            ring = new Ring(List.copyOf(endpoints), new AtomicLong(placeOfNext(old, endpoints)));
        }
    }

    @Override
    public @Nullable Endpoint pick(InetAddress client, List<Endpoint> tried) {
        Ring current = ring;
        int size = current.endpoints().size();
        for (int i = 0; i < size; i++) {
            Endpoint endpoint = current.endpoints().get(current.nextIndex());
            if (!wasTried(endpoint, tried)) {
                return endpoint;
            }
        }
        // Other connections took the turns in between: look for what is left without waiting for a turn.
        for (Endpoint endpoint : current.endpoints()) {
            if (!wasTried(endpoint, tried)) {
                return endpoint;
            }
        }
        return null;
    }

    /** The endpoint at the address and port of {@code target}, or null if there is none (any more). */
    @Nullable
    Endpoint find(Endpoint target) {
        List<Endpoint> endpoints = ring.endpoints();
        int index = Collections.binarySearch(endpoints, target, Endpoint.ORDER);
        return index < 0 ? null : endpoints.get(index);
    }

    @Override
    public int size() {
        return ring.endpoints().size();
    }

    @Override
    public void connected(InetAddress client, Endpoint endpoint) {
        // A turn is taken whether or not it led to a connection.
    }

    private static boolean wasTried(Endpoint endpoint, List<Endpoint> tried) {
        for (int i = 0; i < tried.size(); i++) {
            if (tried.get(i).sameTarget(endpoint)) {
                return true;
            }
        }
        return false;
    }

    /** The index in {@code endpoints} of the one whose turn it was in {@code old}, or of the first that follows it. */
    private static int placeOfNext(Ring old, List<Endpoint> endpoints) {
        if (old.endpoints().isEmpty() || endpoints.isEmpty()) {
            return 0;
        }
        Endpoint next = old.endpoints()
                .get(Math.floorMod(old.turn().get(), old.endpoints().size()));
        for (int i = 0; i < endpoints.size(); i++) {
            if (Endpoint.ORDER.compare(endpoints.get(i), next) >= 0) {
                return i;
            }
        }
        return 0;
    }
}
