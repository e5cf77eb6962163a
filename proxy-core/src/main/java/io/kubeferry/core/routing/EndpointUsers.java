package io.kubeferry.core.routing;

import io.kubeferry.core.model.Endpoint;
import io.kubeferry.core.model.ServicePort;
import io.kubeferry.core.model.ServicePortKey;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which service ports have an endpoint at an address: those to look at again when that address becomes a served one, or is
 * one no longer.
 *
 * <p>Threading: confined to one thread.
 */
final class EndpointUsers {
    /** A set of one is immutable: nearly all are of one. */
    private final Map<ListenAddress, Set<ServicePortKey>> users = new HashMap<>();

    /** The service ports that have an endpoint at {@code address}. */
    Set<ServicePortKey> of(ListenAddress address) {
        return users.getOrDefault(address, Set.of());
    }

    /** Takes in the endpoints of {@code servicePort}. */
    void add(ServicePort servicePort) {
        for (Endpoint endpoint : servicePort.endpoints()) {
            users.merge(at(endpoint), Set.of(servicePort.key()), EndpointUsers::union);
        }
    }

    /** Forgets the endpoints of {@code servicePort}, which were taken in. */
    void remove(ServicePort servicePort) {
        for (Endpoint endpoint : servicePort.endpoints()) {
            users.computeIfPresent(at(endpoint), (_, keys) -> without(keys, servicePort.key()));
        }
    }

    private static ListenAddress at(Endpoint endpoint) {
        return new ListenAddress(endpoint.address(), endpoint.port());
    }

    private static Set<ServicePortKey> union(Set<ServicePortKey> some, Set<ServicePortKey> one) {
        Set<ServicePortKey> all = some instanceof HashSet<ServicePortKey> ? some : new HashSet<>(some);
        all.addAll(one);
        return all;
    }

    private static @Nullable Set<ServicePortKey> without(Set<ServicePortKey> keys, ServicePortKey key) {
        if (keys instanceof HashSet<ServicePortKey>) {
            keys.remove(key);
            return keys.isEmpty() ? null : keys;
        }
        return keys.contains(key) ? null : keys;
    }
}
