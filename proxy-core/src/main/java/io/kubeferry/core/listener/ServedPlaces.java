package io.kubeferry.core.listener;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is offered at each place where connections are served: an immutable map, replaced as a whole when a place comes or
 * goes. That copy is the one thing about a change that grows with all there is, and looking a place up costs what it costs
 * in any map.
 *
 * <p>A place that goes is found for another {@link #HANDSHAKE}, and until the first change after that: who came while it
 * was served gets what was served, instead of a reset.
 *
 * <p>Threading: {@link #replace} on one thread, {@link #find} on any.
 *
 * @param <O> what is offered
 */
final class ServedPlaces<O> {
    /** How long a connection may take from its first packet, which was steered here, until it is accepted. */
    static final Duration HANDSHAKE = Duration.ofSeconds(10);

    private final LongSupplier nanos;
    /** Places that are found and not served any more, and since when, in nanoseconds. */
    private final Map<InetSocketAddress, Long> gone = new HashMap<>();

    private volatile Map<InetSocketAddress, O> offers = Map.of();

    /** No place; {@code nanos} tells when a handshake's time is over. */
    ServedPlaces(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** What is offered at {@code place}; null if it is not served. */
    @Nullable
    O find(InetSocketAddress place) {
        return offers.get(place);
    }

    /** Offers what {@code changed} says, and nothing at those {@code former} places that it does not name. */
    void replace(Set<InetSocketAddress> former, Map<InetSocketAddress, O> changed) {
        long now = nanos.getAsLong();
        for (InetSocketAddress place : former) {
            if (offers.containsKey(place)) {
                gone.putIfAbsent(place, now);
            }
        }
        gone.keySet().removeAll(changed.keySet());
        Map<InetSocketAddress, O> next = new HashMap<>(changed);
        next.entrySet().removeIf(offer -> offer.getValue().equals(offers.get(offer.getKey())));
        Set<InetSocketAddress> forgotten = goneFor(HANDSHAKE, now);
        gone.keySet().removeAll(forgotten);
        // Where endpoints alone came and went, pickers have been told, and all is for what it was.
        if (!forgotten.isEmpty() || !next.isEmpty()) {
            Map<InetSocketAddress, O> all = new HashMap<>(offers);
            all.keySet().removeAll(forgotten);
            all.putAll(next);
            offers = all;
        }
    }

    private Set<InetSocketAddress> goneFor(Duration atLeast, long now) {
        return gone.entrySet().stream()
                .filter(place -> now - place.getValue() >= atLeast.toNanos())
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }
}
