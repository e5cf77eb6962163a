package io.kubeferry.core.balance;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.kubeferry.core.model.Endpoint;
import java.net.InetAddress;
import java.time.Duration;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Which endpoint each client of a service port was sent to, until it has opened no connection for the time-out.
 *
 * <p>All addresses of the service port share it, as kube-proxy's affinity sets do. Bounded: beyond 100,000 clients the
 * least used ones are forgotten, whoever floods it.
 *
 * <p>Thread-safe.
 */
public final class AffinityTable {
    private static final int MAX_CLIENTS = 100_000;

    private final Cache<InetAddress, Endpoint> endpoints;

    /** An empty table whose entries end {@code timeout} after their last use by the clock of {@code nanos}. */
    public AffinityTable(Duration timeout, Ticker nanos) {
        endpoints = Caffeine.newBuilder()
                .maximumSize(MAX_CLIENTS)
                .expireAfterAccess(timeout)
                .ticker(nanos)
                // Clean-up is a little work now and then: not worth a pool of threads.
                .executor(Runnable::run)
                .build();
    }

    /** Applies {@code timeout} to every entry, from its last use on. */
    public void setTimeout(Duration timeout) {
        endpoints.policy().expireAfterAccess().ifPresent(expiration -> {
            if (!expiration.getExpiresAfter().equals(timeout)) {
                expiration.setExpiresAfter(timeout);
            }
        });
    }

    /** The number of clients remembered, roughly. */
    public long size() {
        return endpoints.estimatedSize();
    }

    /** Forgets the clients of every endpoint that {@code stays} does not hold for. */
    public void retain(Predicate<Endpoint> stays) {
        endpoints.asMap().values().removeIf(endpoint -> !stays.test(endpoint));
    }

    /**
     * What {@code resolve} makes of {@code client}'s endpoint, or a {@code fresh} one, which is remembered. Atomic per
     * client: connections that it opens at the same moment get the same endpoint.
     *
     * @param resolve the endpoint as it is now, or null if it may not be used any more
     * @param fresh a new choice, or null if there is none
     */
    @Nullable
    Endpoint resolve(InetAddress client, EndpointResolution resolve, Supplier<@Nullable Endpoint> fresh) {
        return endpoints.asMap().compute(client, (_, stored) -> {
            Endpoint current = stored == null ? null : resolve.current(stored);
            return current == null ? fresh.get() : current;
        });
    }

    /** Sends {@code client} to {@code endpoint} from now on. */
    void remember(InetAddress client, Endpoint endpoint) {
        endpoints.put(client, endpoint);
    }

    /** Finds the present form of a remembered endpoint. */
    @FunctionalInterface
    interface EndpointResolution {
        @Nullable
        Endpoint current(Endpoint remembered);
    }
}
