package io.kubeferry.core.balance;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
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
 * <p>All addresses of the service port share it, as kube-proxy's affinity sets do. Bounded: what all tables remember together
 * has a limit, and where there are too many the tables with the most clients forget those that came least.
 *
 * <p>Thread-safe.
 */
public final class AffinityTable implements AutoCloseable {
    private final Cache<InetAddress, Endpoint> endpoints;
    private final AffinityLimit limit;
    private volatile boolean closed;

    /**
     * An empty table whose entries end {@code timeout} after their last use by the clock of {@code nanos}.
     *
     * @param limit for this and other tables together
     */
    public AffinityTable(Duration timeout, Ticker nanos, AffinityLimit limit) {
        this.limit = limit;
        endpoints = Caffeine.newBuilder()
                .maximumSize(limit.maxClients())
                .expireAfterAccess(timeout)
                .ticker(nanos)
                .removalListener((_, _, cause) -> {
                    if (cause != RemovalCause.REPLACED) {
                        limit.clientForgotten();
                    }
                })
                // Clean-up is a little work now and then: not worth a pool of threads.
                .executor(Runnable::run)
                .build();
        limit.add(this);
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
        Endpoint chosen = endpoints.asMap().compute(client, (_, stored) -> {
            Endpoint current = stored == null ? null : resolve.current(stored);
            return current == null ? counted(stored, fresh.get()) : current;
        });
        makeRoom(client);
        return chosen;
    }

    /** Sends {@code client} to {@code endpoint} from now on. */
    void remember(InetAddress client, Endpoint endpoint) {
        endpoints.asMap().compute(client, (_, stored) -> counted(stored, endpoint));
        makeRoom(client);
    }

    /** Forgets the clients whose time is over now, which may otherwise take until the table is used. */
    void forgetExpired() {
        endpoints.cleanUp();
    }

    /** Forgets the clients that came least, so that {@code clients} are left. */
    void shrinkTo(long clients) {
        long tooMany = size() - clients;
        if (tooMany > 0) {
            endpoints
                    .policy()
                    .eviction()
                    .ifPresent(order -> endpoints.invalidateAll(
                            order.coldest(Math.toIntExact(tooMany)).keySet()));
        }
    }

    /** Forgets everybody, and remembers nobody from now on. Connections that are on their way here still get endpoints. */
    @Override
    public void close() {
        closed = true;
        limit.remove(this);
        endpoints.invalidateAll();
    }

    private @Nullable Endpoint counted(@Nullable Endpoint stored, @Nullable Endpoint endpoint) {
        if (stored == null && endpoint != null) {
            limit.clientAdded();
        }
        return endpoint;
    }

    /** Not while an entry is held: that would be a dead lock. */
    private void makeRoom(InetAddress client) {
        if (closed) {
            endpoints.invalidate(client);
        } else {
            limit.makeRoom();
        }
    }

    /** Finds the present form of a remembered endpoint. */
    @FunctionalInterface
    interface EndpointResolution {
        @Nullable
        Endpoint current(Endpoint remembered);
    }
}
