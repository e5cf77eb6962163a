package io.kubeferry.core.listener;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.kubeferry.core.balance.AffinityPicker;
import io.kubeferry.core.balance.AffinityTable;
import io.kubeferry.core.balance.BalancingPicker;
import io.kubeferry.core.balance.Candidate;
import io.kubeferry.core.balance.CandidateList;
import io.kubeferry.core.balance.EndpointPicker;
import io.kubeferry.core.balance.EndpointTracks;
import io.kubeferry.core.connection.ConnectionBudget;
import io.kubeferry.core.connection.ConnectionSettings;
import io.kubeferry.core.connection.Departure;
import io.kubeferry.core.connection.Destination;
import io.kubeferry.core.connection.Destinations;
import io.kubeferry.core.model.ConnectionRules;
import io.kubeferry.core.model.Endpoint;
import io.kubeferry.core.model.PersistentMap;
import io.kubeferry.core.model.RememberedClient;
import io.kubeferry.core.model.ServicePort;
import io.kubeferry.core.model.ServicePortKey;
import io.kubeferry.core.model.ServicePortName;
import io.kubeferry.core.model.TrafficPolicy;
import io.kubeferry.core.observe.DataPlaneView.ServicePortView;
import io.kubeferry.core.observe.Ticker;
import io.kubeferry.core.routing.ClientOrigin;
import io.kubeferry.core.routing.NodeNetwork;
import io.kubeferry.core.routing.Route;
import io.kubeferry.core.routing.RoutingPlan;
import io.kubeferry.core.routing.ServicePortPlan;
import io.kubeferry.core.routing.SourceAddress;
import io.kubeferry.core.routing.UsableEndpoints;
import java.net.InetSocketAddress;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What every served address is for.
 *
 * <p>What must outlive a change is kept by identity of the service port: the turn in the round robin, which all addresses
 * of a service port and policy share, and its {@link Accounts}.
 *
 * <p>Threading: {@link #takeOver} and {@link #update} on one thread; the rest on any.
 */
public final class DestinationTable implements Destinations {
    private final ConnectionSettings settings;
    private final RandomGenerator random;
    private final LongSupplier nanos;
    private final ServedPlaces<Offer> places;
    private final AffinityTables affinities;
    private final Accounts accounts;
    private final Map<ServicePortKey, Map<TrafficPolicy, Picking>> pickings = new HashMap<>();
    private final Optional<NodeNetwork> network;
    /** The plan that is served. */
    private RoutingPlan plan = RoutingPlan.EMPTY;

    private volatile Views views = new Views(PersistentMap.empty());

    /** Where connections may go, and the same as {@link Destination}s of either source address. */
    private record Picking(
            BalancingPicker balancer,
            Optional<AffinityTable> affinity,
            ConnectionRules rules,
            Destination asClient,
            Destination asNode) {
        @SuppressWarnings("ReferenceEquality") // Pickers and tables are things, not values.
        boolean isOf(BalancingPicker other, Optional<AffinityTable> table, ConnectionRules wanted) {
            return balancer == other && affinity.equals(table) && rules.equals(wanted);
        }

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

    /** All that is to be seen, sorted when somebody looks. */
    private static final class Views {
        private final PersistentMap<ServicePortName, ServicePortView> byName;

        @GuardedBy("this")
        private @Nullable List<ServicePortView> sorted;

        Views(PersistentMap<ServicePortName, ServicePortView> byName) {
            this.byName = byName;
        }

        synchronized List<ServicePortView> inOrder() {
            if (sorted == null) {
                sorted = byName.entrySet().stream()
                        .sorted(Map.Entry.comparingByKey())
                        .map(Map.Entry::getValue)
                        .toList();
            }
            return sorted;
        }
    }

    /**
     * An empty table whose service ports share {@code budget} and follow {@code settings} where they have no rules of
     * their own; {@code random}, which must be
     * thread-safe, decides what is drawn by lot, {@code ticker} when times are over.
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
        this.random = random;
        this.nanos = ticker::nanos;
        this.places = new ServedPlaces<>(nanos);
        this.affinities = new AffinityTables(ticker);
        this.accounts = new Accounts(budget, ticker);
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // The very same one: nobody has to be told apart.
    public @Nullable Destination find(InetSocketAddress originalDestination, InetSocketAddress client) {
        Offer offer = places.find(originalDestination);
        if (offer == null || offer.outside() == offer.inside() || network.isEmpty()) {
            return offer == null ? null : offer.inside();
        }
        return network.get().origin(client.getAddress()) == ClientOrigin.OUTSIDE ? offer.outside() : offer.inside();
    }

    /** Every service port of the last plan with its counts, in the order of names. */
    public List<ServicePortView> servicePorts() {
        return views.inOrder();
    }

    /** Where session affinity sends clients now. Thread-safe. */
    public Map<ServicePortKey, List<RememberedClient>> rememberedClients() {
        return affinities.remembered();
    }

    /** Service ports that begin to have session affinity with the next update know {@code clients} already. */
    public void takeOver(Map<ServicePortKey, List<RememberedClient>> clients) {
        affinities.takeOver(clients);
    }

    /**
     * Serves {@code next} from now on, and returns the endpoints that service ports have no longer. Looks at those service
     * ports alone that differ from the plan before.
     */
    public List<Departure> update(RoutingPlan next) {
        // What a service port shares over both IP families may change for the one that did not.
        Set<ServicePortName> names = new TreeSet<>();
        PersistentMap.compare(plan.servicePorts(), next.servicePorts(), (key, before, after) -> {
            names.add(key.name());
            affinities.update(key, after);
        });
        affinities.forgetWhatWasLeft();
        if (names.isEmpty()) {
            places.replace(Set.of(), Map.of());
            return List.of();
        }
        List<Departure> departures = accounts.update(next, names);
        Set<InetSocketAddress> former = new HashSet<>();
        for (ServicePortName name : names) {
            for (ServicePortPlan before : plan.of(name)) {
                pickings.computeIfPresent(
                        before.servicePort().key(),
                        (key, known) -> next.servicePorts().containsKey(key) ? known : null);
                before.routes().forEach(route -> former.add(route.place().socketAddress()));
            }
        }
        Map<InetSocketAddress, Offer> offers = new HashMap<>();
        PersistentMap<ServicePortName, ServicePortView> seen = views.byName;
        for (ServicePortName name : names) {
            next.of(name).forEach(decided -> offer(decided, offers));
            Optional<ServicePortView> view = accounts.view(name, next, affinities);
            seen = view.isPresent() ? seen.with(name, view.get()) : seen.without(name);
        }
        places.replace(former, offers);
        views = new Views(seen);
        plan = next;
        return departures;
    }

    private void offer(ServicePortPlan decided, Map<InetSocketAddress, Offer> offers) {
        Map<TrafficPolicy, Picking> inUse = new EnumMap<>(TrafficPolicy.class);
        for (Route route : decided.routes()) {
            offer(route, decided.usable(), inUse)
                    .ifPresent(offer -> offers.put(route.place().socketAddress(), offer));
        }
        pickings.put(decided.servicePort().key(), inUse);
    }

    private Optional<Offer> offer(Route route, UsableEndpoints usable, Map<TrafficPolicy, Picking> inUse) {
        ServicePort servicePort = route.servicePort();
        Picking usual =
                inUse.computeIfAbsent(route.policy(), policy -> picking(policy, servicePort, route.endpoints()));
        Destination outside = usual.as(SourceAddress.allowed(route.address().kind(), route.policy()));
        if (network.isEmpty() || !route.address().kind().isExternal() || route.policy() == TrafficPolicy.CLUSTER) {
            return route.isServed() ? Optional.of(new Offer(outside, outside)) : Optional.empty();
        }
        // The external Local policy: see Admission. Nobody but the host decides that outsiders get nothing.
        List<Endpoint> all = usable.under(TrafficPolicy.CLUSTER);
        if (all.isEmpty()) {
            return route.isServed() ? Optional.of(new Offer(outside, outside)) : Optional.empty();
        }
        Picking inside = inUse.computeIfAbsent(TrafficPolicy.CLUSTER, policy -> picking(policy, servicePort, all));
        return Optional.of(new Offer(route.isServed() ? outside : null, inside.as(SourceAddress.CLIENT)));
    }

    private Picking picking(TrafficPolicy policy, ServicePort servicePort, List<Endpoint> endpoints) {
        ConnectionRules rules = servicePort.connections();
        Picking before = pickings.getOrDefault(servicePort.key(), Map.of()).get(policy);
        Accounts.Account account = accounts.of(servicePort.name());
        Optional<AffinityTable> affinity = affinities.of(servicePort.key());
        BalancingPicker balancer = balancer(Optional.ofNullable(before), account.tracks(), rules, endpoints);
        if (before != null
                && before.isOf(balancer, affinity, rules)
                && before.asNode().stats() == account.stats()) {
            return before;
        }
        EndpointPicker picker = affinity.<EndpointPicker>map(table -> new AffinityPicker(balancer, table))
                .orElse(balancer);
        return new Picking(
                balancer,
                affinity,
                rules,
                destination(picker, rules, account, SourceAddress.CLIENT),
                destination(picker, rules, account, SourceAddress.NODE));
    }

    /** The one before if it balances as {@code rules} want it, so that turns go on and retries know what is new. */
    private BalancingPicker balancer(
            Optional<Picking> before, EndpointTracks tracks, ConnectionRules rules, List<Endpoint> endpoints) {
        Optional<CandidateList> known = before.map(picking -> picking.balancer().candidates());
        if (before.isPresent()
                && before.get().rules().balance() == rules.balance()
                && known.get().sparesSetAside() == rules.setAside()
                && known.get().isOf(endpoints)) {
            return before.get().balancer();
        }
        List<Candidate> candidates =
                tracks.candidates(endpoints, known.map(CandidateList::all).orElse(List.of()));
        CandidateList list = new CandidateList(candidates, rules.setAside());
        if (before.isPresent() && before.get().rules().balance() == rules.balance()) {
            before.get().balancer().update(list);
            return before.get().balancer();
        }
        return BalancingPicker.of(rules.balance(), list, random, nanos);
    }

    private Destination destination(
            EndpointPicker picker, ConnectionRules rules, Accounts.Account account, SourceAddress source) {
        return new Destination(picker, rules, settings.following(rules), account.stats(), account.share(), source);
    }
}
