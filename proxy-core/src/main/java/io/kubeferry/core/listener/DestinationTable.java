package io.kubeferry.core.listener;

import io.kubeferry.core.balance.AffinityPicker;
import io.kubeferry.core.balance.AffinityTable;
import io.kubeferry.core.balance.EndpointPicker;
import io.kubeferry.core.balance.RoundRobinPicker;
import io.kubeferry.core.connection.ConnectionBudget;
import io.kubeferry.core.connection.ConnectionSettings;
import io.kubeferry.core.connection.Destination;
import io.kubeferry.core.connection.Destinations;
import io.kubeferry.core.model.ConnectionRules;
import io.kubeferry.core.model.Endpoint;
import io.kubeferry.core.model.ServicePort;
import io.kubeferry.core.model.ServicePortKey;
import io.kubeferry.core.model.ServicePortName;
import io.kubeferry.core.model.TrafficPolicy;
import io.kubeferry.core.observe.DataPlaneView.ServicePortView;
import io.kubeferry.core.observe.ServicePortStats;
import io.kubeferry.core.observe.Ticker;
import io.kubeferry.core.routing.ClientOrigin;
import io.kubeferry.core.routing.NodeNetwork;
import io.kubeferry.core.routing.Route;
import io.kubeferry.core.routing.RoutingPlan;
import io.kubeferry.core.routing.SourceAddress;
import io.kubeferry.core.routing.UsableEndpoints;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
    private final ConnectionSettings settings;
    private final ConnectionBudget budget;
    private final RandomGenerator random;
    private final AffinityTables affinities;
    private Map<PickerKey, Picking> pickings = Map.of();
    private Map<ServicePortName, Counting> countings = Map.of();
    private final Optional<NodeNetwork> network;
    private volatile Map<InetSocketAddress, Offer> byAddress = Map.of();
    private volatile List<ServicePortView> views = List.of();

    private record PickerKey(ServicePortKey servicePort, TrafficPolicy policy) {}

    /** Where connections may go, and the same as {@link Destination}s of either source address. */
    private record Picking(
            RoundRobinPicker rotation,
            Optional<AffinityTable> affinity,
            ConnectionRules rules,
            Destination asClient,
            Destination asNode) {
        Destination as(SourceAddress source) {
            return switch (source) {
                case CLIENT -> asClient;
                case NODE -> asNode;
            };
        }
    }

    /**
     * What is served at one address.
     *
     * @param outside to clients from outside; null if they get nothing
     * @param inside to this node and pods
     */
    private record Offer(@Nullable Destination outside, Destination inside) {}

    private record Counting(ServicePortStats stats, ConnectionBudget.Share share) {}

    /**
     * An empty table whose service ports share {@code budget} and follow {@code settings} where they have no rules of
     * their own; {@code random} says where a round robin begins, {@code
     * ticker} when a session affinity ends.
     *
     * @param network tells clients apart where Service addresses themselves are offered; empty where they are not, and
     *     all clients are of this host
     */
    public DestinationTable(
            ConnectionSettings settings,
            ConnectionBudget budget,
            RandomGenerator random,
            Ticker ticker,
            Optional<NodeNetwork> network) {
        this.settings = settings;
        this.network = network;
        this.budget = budget;
        this.random = random;
        this.affinities = new AffinityTables(ticker);
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // The very same one: nobody has to be told apart.
    public @Nullable Destination find(InetSocketAddress originalDestination, InetSocketAddress client) {
        Offer offer = byAddress.get(originalDestination);
        if (offer == null || offer.outside() == offer.inside() || network.isEmpty()) {
            return offer == null ? null : offer.inside();
        }
        return network.get().origin(client.getAddress()) == ClientOrigin.OUTSIDE ? offer.outside() : offer.inside();
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
        Map<InetSocketAddress, Offer> newByAddress = new HashMap<>();
        for (Route route : plan.routes().values()) {
            offer(route, plan, newPickings)
                    .ifPresent(offer -> newByAddress.put(route.place().socketAddress(), offer));
        }
        pickings = newPickings;
        byAddress = newByAddress;
    }

    private Optional<Offer> offer(Route route, RoutingPlan plan, Map<PickerKey, Picking> pickings) {
        ServicePort servicePort = route.servicePort();
        Picking usual = pickings.computeIfAbsent(
                new PickerKey(servicePort.key(), route.policy()), key -> picking(key, servicePort, route.endpoints()));
        Destination outside = usual.as(SourceAddress.allowed(route.address().kind(), route.policy()));
        if (network.isEmpty() || !route.address().kind().isExternal() || route.policy() == TrafficPolicy.CLUSTER) {
            return route.isServed() ? Optional.of(new Offer(outside, outside)) : Optional.empty();
        }
        // The external Local policy: see Admission. Nobody but the host decides that outsiders get nothing.
        UsableEndpoints usable = Objects.requireNonNull(plan.usable().get(servicePort.key()));
        List<Endpoint> all = usable.under(TrafficPolicy.CLUSTER);
        if (all.isEmpty()) {
            return route.isServed() ? Optional.of(new Offer(outside, outside)) : Optional.empty();
        }
        Picking inside = pickings.computeIfAbsent(
                new PickerKey(servicePort.key(), TrafficPolicy.CLUSTER), key -> picking(key, servicePort, all));
        return Optional.of(new Offer(route.isServed() ? outside : null, inside.as(SourceAddress.CLIENT)));
    }

    private Picking picking(PickerKey key, ServicePort servicePort, List<Endpoint> endpoints) {
        ConnectionRules rules = servicePort.connections();
        Picking before = pickings.get(key);
        Counting counting = countings.get(key.servicePort().name());
        if (counting == null) {
            throw new IllegalStateException("route of a service port that is not in the snapshot: " + key);
        }
        Optional<AffinityTable> affinity = affinities.of(key.servicePort());
        if (before == null) {
            return picking(new RoundRobinPicker(endpoints, random), affinity, rules, counting);
        }
        before.rotation().update(endpoints);
        return before.affinity().equals(affinity)
                        && before.rules().equals(rules)
                        && before.asNode().stats() == counting.stats()
                ? before
                : picking(before.rotation(), affinity, rules, counting);
    }

    private Picking picking(
            RoundRobinPicker rotation, Optional<AffinityTable> affinity, ConnectionRules rules, Counting counting) {
        EndpointPicker picker = affinity.<EndpointPicker>map(table -> new AffinityPicker(rotation, table))
                .orElse(rotation);
        return new Picking(
                rotation,
                affinity,
                rules,
                destination(picker, rules, counting, SourceAddress.CLIENT),
                destination(picker, rules, counting, SourceAddress.NODE));
    }

    private Destination destination(
            EndpointPicker picker, ConnectionRules rules, Counting counting, SourceAddress source) {
        return new Destination(picker, settings.following(rules), counting.stats(), counting.share(), source);
    }

    private void updateCountings(RoutingPlan plan, Iterable<ServicePort> servicePorts) {
        Map<ServicePortName, Counting> newCountings = new HashMap<>();
        Map<ServicePortName, List<UsableEndpoints>> usable = new TreeMap<>();
        Map<ServicePortName, List<AffinityTable>> tables = new HashMap<>();
        for (ServicePort servicePort : servicePorts) {
            newCountings
                    .computeIfAbsent(servicePort.name(), _ -> counting(servicePort))
                    .share()
                    .setMax(servicePort.connections().maxConnections());
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
