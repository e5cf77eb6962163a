package io.kubeferry.core.listener;

import io.kubeferry.core.balance.AffinityLimit;
import io.kubeferry.core.balance.AffinityTable;
import io.kubeferry.core.model.Endpoint;
import io.kubeferry.core.model.RememberedClient;
import io.kubeferry.core.model.ServicePort;
import io.kubeferry.core.model.ServicePortKey;
import io.kubeferry.core.model.SessionAffinity;
import io.kubeferry.core.model.TrafficPolicy;
import io.kubeferry.core.observe.Ticker;
import io.kubeferry.core.routing.Route;
import io.kubeferry.core.routing.RoutingPlan;
import io.kubeferry.core.routing.UsableEndpoints;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

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
    private volatile Map<ServicePortKey, AffinityTable> tables = Map.of();
    private Map<ServicePortKey, TreeSet<Endpoint>> endpointsInUse = Map.of();
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

    /** Tables that the next update makes begin with those of {@code clients} that are theirs. */
    void takeOver(Map<ServicePortKey, List<RememberedClient>> clients) {
        left = Map.copyOf(clients);
    }

    void update(RoutingPlan plan) {
        Map<ServicePortKey, AffinityTable> newTables = new HashMap<>();
        Map<ServicePortKey, TreeSet<Endpoint>> inUse = new HashMap<>();
        for (Route route : plan.routes().values()) {
            ServicePort servicePort = route.servicePort();
            switch (servicePort.rules().affinity()) {
                case SessionAffinity.None() -> {}
                case SessionAffinity.ClientIp(Duration timeout) -> {
                    newTables.computeIfAbsent(servicePort.key(), key -> table(key, timeout));
                    inUse.computeIfAbsent(servicePort.key(), _ -> new TreeSet<>(Endpoint.ORDER))
                            .addAll(inUse(route, plan));
                }
            }
        }
        inUse.forEach((key, endpoints) -> {
            AffinityTable table = newTables.get(key);
            if (table != null && !endpoints.equals(endpointsInUse.get(key))) {
                table.retain(endpoints::contains);
            }
        });
        tables.forEach((key, table) -> {
            if (!newTables.containsKey(key)) {
                table.close();
            }
        });
        left = Map.of();
        tables = newTables;
        endpointsInUse = inUse;
    }

    /** Addresses under the external Local policy may offer the node and pods all endpoints. */
    private static List<Endpoint> inUse(Route route, RoutingPlan plan) {
        UsableEndpoints usable = plan.usable().get(route.servicePort().key());
        if (usable == null || route.policy() == TrafficPolicy.CLUSTER) {
            return route.endpoints();
        }
        List<Endpoint> both = new ArrayList<>(route.endpoints());
        both.addAll(usable.under(TrafficPolicy.CLUSTER));
        return both;
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
