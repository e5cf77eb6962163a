package io.kubeferry.core.listener;

import io.kubeferry.core.balance.AffinityPicker;
import io.kubeferry.core.balance.AffinityTable;
import io.kubeferry.core.balance.EndpointPicker;
import io.kubeferry.core.balance.RoundRobinPicker;
import io.kubeferry.core.connection.ConnectionBudget;
import io.kubeferry.core.connection.Destination;
import io.kubeferry.core.connection.Destinations;
import io.kubeferry.core.model.Endpoint;
import io.kubeferry.core.model.ServicePort;
import io.kubeferry.core.model.ServicePortKey;
import io.kubeferry.core.model.ServicePortName;
import io.kubeferry.core.model.TrafficPolicy;
import io.kubeferry.core.observe.DataPlaneView.ServicePortView;
import io.kubeferry.core.observe.ServicePortStats;
import io.kubeferry.core.observe.Ticker;
import io.kubeferry.core.routing.Route;
import io.kubeferry.core.routing.RoutingPlan;
import io.kubeferry.core.routing.UsableEndpoints;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What every served address is for: an immutable map, replaced as a whole when the plan changes.
 *
 * <p>What must outlive a change is kept by identity of the service port: the turn in the round robin, which all addresses
 * of a service port and policy share, its counts, and its part of the connection budget.
 *
 * <p>Threading: {@link #update} on one thread; {@link #find} and {@link #servicePorts} on any.
 */
public final class DestinationTable implements Destinations {
    private final ConnectionBudget budget;
    private final RandomGenerator random;
    private final AffinityTables affinities;
    private Map<PickerKey, Picking> pickings = Map.of();
    private Map<ServicePortName, Counting> countings = Map.of();
    private volatile Map<InetSocketAddress, Destination> byAddress = Map.of();
    private volatile List<ServicePortView> views = List.of();

    private record PickerKey(ServicePortKey servicePort, TrafficPolicy policy) {}

    private record Picking(RoundRobinPicker rotation, Optional<AffinityTable> affinity, Destination destination) {}

    private record Counting(ServicePortStats stats, ConnectionBudget.Share share) {}

    /**
     * An empty table whose service ports share {@code budget}; {@code random} says where a round robin begins, {@code
     * ticker} when a session affinity ends.
     */
    public DestinationTable(ConnectionBudget budget, RandomGenerator random, Ticker ticker) {
        this.budget = budget;
        this.random = random;
        this.affinities = new AffinityTables(ticker);
    }

    @Override
    public @Nullable Destination find(InetSocketAddress originalDestination) {
        return byAddress.get(originalDestination);
    }

    /** Every service port of the last plan with its counts, in the order of names. */
    public List<ServicePortView> servicePorts() {
        return views;
    }

    /** Serves {@code plan} from now on. */
    public void update(RoutingPlan plan, Iterable<ServicePort> servicePorts) {
        affinities.update(plan);
        updateCountings(plan, servicePorts);
        Map<PickerKey, Picking> newPickings = new HashMap<>();
        Map<InetSocketAddress, Destination> newByAddress = new HashMap<>();
        for (Route route : plan.routes().values()) {
            Picking picking = newPickings.computeIfAbsent(
                    new PickerKey(route.servicePort().key(), route.policy()), key -> picking(key, route.endpoints()));
            if (route.isServed()) {
                newByAddress.put(route.place().socketAddress(), picking.destination());
            }
        }
        pickings = newPickings;
        byAddress = newByAddress;
    }

    private Picking picking(PickerKey key, List<Endpoint> endpoints) {
        Picking before = pickings.get(key);
        Counting counting = countings.get(key.servicePort().name());
        if (counting == null) {
            throw new IllegalStateException("route of a service port that is not in the snapshot: " + key);
        }
        Optional<AffinityTable> affinity = affinities.of(key.servicePort());
        if (before == null) {
            return picking(new RoundRobinPicker(endpoints, random), affinity, counting);
        }
        before.rotation().update(endpoints);
        return before.affinity().equals(affinity) && before.destination().stats() == counting.stats()
                ? before
                : picking(before.rotation(), affinity, counting);
    }

    private static Picking picking(RoundRobinPicker rotation, Optional<AffinityTable> affinity, Counting counting) {
        EndpointPicker picker = affinity.<EndpointPicker>map(table -> new AffinityPicker(rotation, table))
                .orElse(rotation);
        return new Picking(rotation, affinity, new Destination(picker, counting.stats(), counting.share()));
    }

    private void updateCountings(RoutingPlan plan, Iterable<ServicePort> servicePorts) {
        Map<ServicePortName, Counting> newCountings = new HashMap<>();
        Map<ServicePortName, List<UsableEndpoints>> usable = new TreeMap<>();
        Map<ServicePortName, List<AffinityTable>> tables = new HashMap<>();
        for (ServicePort servicePort : servicePorts) {
            newCountings.computeIfAbsent(servicePort.name(), _ -> counting(servicePort));
            UsableEndpoints lists = plan.usable().get(servicePort.key());
            if (lists != null) {
                usable.computeIfAbsent(servicePort.name(), _ -> new ArrayList<>(2))
                        .add(lists);
            }
            affinities
                    .of(servicePort.key())
                    .ifPresent(table -> tables.computeIfAbsent(servicePort.name(), _ -> new ArrayList<>(2))
                            .add(table));
        }
        List<ServicePortView> newViews = new ArrayList<>(usable.size());
        usable.forEach((name, families) -> {
            Counting counting = newCountings.get(name);
            if (counting != null) {
                newViews.add(new ServicePortView(
                        counting.stats(),
                        count(families, TrafficPolicy.CLUSTER),
                        count(families, TrafficPolicy.LOCAL),
                        Optional.ofNullable(tables.get(name)).map(DestinationTable::size)));
            }
        });
        countings = newCountings;
        views = List.copyOf(newViews);
    }

    private Counting counting(ServicePort servicePort) {
        Counting before = countings.get(servicePort.name());
        return before != null && before.stats().portLabel().equals(servicePort.portLabel())
                ? before
                : new Counting(new ServicePortStats(servicePort.name(), servicePort.portLabel()), budget.newShare());
    }

    private static LongSupplier size(List<AffinityTable> families) {
        return () -> families.stream().mapToLong(AffinityTable::size).sum();
    }

    private static OptionalInt count(List<UsableEndpoints> families, TrafficPolicy policy) {
        return families.stream()
                .flatMap(family -> switch (policy) {
                    case CLUSTER -> family.cluster().stream();
                    case LOCAL -> family.local().stream();
                })
                .mapToInt(List::size)
                .reduce(Integer::sum);
    }
}
