package io.kubeferry.core.listener;

import io.kubeferry.core.balance.AffinityLimit;
import io.kubeferry.core.balance.AffinityTable;
import io.kubeferry.core.model.Endpoint;
import io.kubeferry.core.model.RememberedClient;
import io.kubeferry.core.model.ServicePortKey;
import io.kubeferry.core.model.SessionAffinity;
import io.kubeferry.core.model.TrafficPolicy;
import io.kubeferry.core.observe.Ticker;
import io.kubeferry.core.routing.Route;
import io.kubeferry.core.routing.ServicePortPlan;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The affinity tables of the service ports that want one: made when session affinity is switched on, without history but
 * for what another process left; dropped when it is switched off; rid of endpoints that no address of the service port uses
 * any more.
 *
 * <p>Threading: sync thread only, but for {@link #remembered}; the tables themselves are thread-safe.
 */
final class AffinityTables {
    private final Ticker ticker;
    private final AffinityLimit limit = new AffinityLimit(AffinityLimit.DEFAULT_MAX_CLIENTS);
    private final Map<ServicePortKey, AffinityTable> tables = new ConcurrentHashMap<>();
    private final Map<ServicePortKey, Set<Endpoint>> endpointsInUse = new HashMap<>();
    private Map<ServicePortKey, List<RememberedClient>> left = Map.of();

    AffinityTables(Ticker ticker) {
        this.ticker = ticker;
    }

    /** The table of {@code servicePort}, if it has session affinity in the last plan. */
    Optional<AffinityTable> of(ServicePortKey servicePort) {
        return Optional.ofNullable(tables.get(servicePort));
    }

    /** Everybody who is remembered now. Thread-safe. */
    Map<ServicePortKey, List<RememberedClient>> remembered() {
        Map<ServicePortKey, List<RememberedClient>> clients = new HashMap<>();
        tables.forEach((key, table) -> clients.put(key, table.remembered()));
        return clients;
    }

    /** Tables that are made until {@link #forgetWhatWasLeft} begin with those of {@code clients} that are theirs. */
    void takeOver(Map<ServicePortKey, List<RememberedClient>> clients) {
        left = Map.copyOf(clients);
    }

    /** Tables begin empty from now on. */
    void forgetWhatWasLeft() {
        left = Map.of();
    }

    /** Follows what was decided for {@code servicePort}; null if it is there no longer. */
    void update(ServicePortKey servicePort, @Nullable ServicePortPlan decided) {
        if (decided == null || decided.routes().isEmpty()) {
            drop(servicePort);
            return;
        }
        switch (decided.servicePort().rules().affinity()) {
            case SessionAffinity.None() -> drop(servicePort);
            case SessionAffinity.ClientIp(Duration timeout) -> keep(servicePort, timeout, inUse(decided));
        }
    }

    private void keep(ServicePortKey servicePort, Duration timeout, Set<Endpoint> endpoints) {
        AffinityTable table = table(servicePort, timeout);
        tables.put(servicePort, table);
        if (!endpoints.equals(endpointsInUse.put(servicePort, endpoints))) {
            table.retain(endpoints::contains);
        }
    }

    private void drop(ServicePortKey servicePort) {
        endpointsInUse.remove(servicePort);
        AffinityTable table = tables.remove(servicePort);
        if (table != null) {
            table.close();
        }
    }

    /** Addresses under the external Local policy may offer the node and pods all endpoints. */
    private static Set<Endpoint> inUse(ServicePortPlan decided) {
        Set<Endpoint> inUse = new TreeSet<>(Endpoint.ORDER);
        for (Route route : decided.routes()) {
            inUse.addAll(route.endpoints());
            if (route.policy() != TrafficPolicy.CLUSTER) {
                inUse.addAll(decided.usable().under(TrafficPolicy.CLUSTER));
            }
        }
        return inUse;
    }

    private AffinityTable table(ServicePortKey key, Duration timeout) {
        AffinityTable before = tables.get(key);
        if (before == null) {
            AffinityTable table = new AffinityTable(timeout, ticker::nanos, limit);
            table.takeOver(left.getOrDefault(key, List.of()));
            return table;
        }
        before.setTimeout(timeout);
        return before;
    }
}
