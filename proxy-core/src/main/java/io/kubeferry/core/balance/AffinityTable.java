package io.kubeferry.core.balance;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.Ticker;
import io.kubeferry.core.model.Endpoint;
import io.kubeferry.core.model.EndpointConditions;
import io.kubeferry.core.model.RememberedClient;
import io.kubeferry.core.model.TopologyHints;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
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
    /** How long ago it is for the cache. Changes only before others know the table. */
    private long pastNanos;

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
                .ticker(() -> nanos.read() - pastNanos)
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

    /** Everybody who is remembered now, in no order. */
    public List<RememberedClient> remembered() {
        List<RememberedClient> clients = new ArrayList<>();
        endpoints
                .policy()
                .expireAfterAccess()
                .ifPresent(expiration -> endpoints
                        .asMap()
                        .forEach((client, endpoint) -> expiration
                                .ageOf(client)
                                .ifPresent(idle -> clients.add(new RememberedClient(
                                        client,
                                        endpoint.address(),
                                        endpoint.port(),
                                        idle.isNegative() ? Duration.ZERO : idle)))));
        return clients;
    }

    /**
     * Remembers {@code clients}, of whom another process knew, as long as that one would have. For a new table that nobody
     * else knows yet.
     */
    public void takeOver(Collection<RememberedClient> clients) {
        // The cache keeps time itself, and those that came first first.
        clients.stream()
                .sorted(Comparator.comparing(RememberedClient::idle).reversed())
                .forEach(client -> {
                    pastNanos = client.idle().toNanos();
                    remember(client.client(), endpoint(client));
                });
        pastNanos = 0;
        forgetExpired();
    }

    /** What else an endpoint has is looked up when the client comes back. */
    private static Endpoint endpoint(RememberedClient client) {
        return new Endpoint(
                client.address(), client.port(), Optional.empty(), EndpointConditions.READY, TopologyHints.NONE);
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
