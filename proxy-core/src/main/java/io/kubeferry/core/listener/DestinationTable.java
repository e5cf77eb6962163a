package io.kubeferry.core.listener;

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
import io.kubeferry.core.model.RememberedClient;
import io.kubeferry.core.model.ServicePort;
import io.kubeferry.core.model.ServicePortKey;
import io.kubeferry.core.model.TrafficPolicy;
import io.kubeferry.core.observe.DataPlaneView.ServicePortView;
import io.kubeferry.core.observe.Ticker;
import io.kubeferry.core.routing.ClientOrigin;
import io.kubeferry.core.routing.NodeNetwork;
import io.kubeferry.core.routing.Route;
import io.kubeferry.core.routing.RoutingPlan;
import io.kubeferry.core.routing.SourceAddress;
import io.kubeferry.core.routing.UsableEndpoints;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What every served address is for: an immutable map, replaced as a whole when the plan changes.
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
    private final AffinityTables affinities;
    private final Accounts accounts;
    private Map<PickerKey, Picking> pickings = Map.of();
    private final Optional<NodeNetwork> network;
    private volatile Map<InetSocketAddress, Offer> byAddress = Map.of();
    private volatile List<ServicePortView> views = List.of();

    private record PickerKey(ServicePortKey servicePort, TrafficPolicy policy) {}

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
        this.affinities = new AffinityTables(ticker);
        this.accounts = new Accounts(budget, ticker);
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

    /** Where session affinity sends clients now. Thread-safe. */
    public Map<ServicePortKey, List<RememberedClient>> rememberedClients() {
        return affinities.remembered();
    }

    /** Service ports that begin to have session affinity with the next update know {@code clients} already. */
    public void takeOver(Map<ServicePortKey, List<RememberedClient>> clients) {
        affinities.takeOver(clients);
    }

    /** Serves {@code plan} from now on, and returns the endpoints that service ports have no longer. */
    public List<Departure> update(RoutingPlan plan, Iterable<ServicePort> servicePorts) {
        affinities.update(plan);
        List<Departure> departures = accounts.update(servicePorts);
        Map<PickerKey, Picking> newPickings = new HashMap<>();
        Map<InetSocketAddress, Offer> newByAddress = new HashMap<>();
        for (Route route : plan.routes().values()) {
            offer(route, plan, newPickings)
                    .ifPresent(offer -> newByAddress.put(route.place().socketAddress(), offer));
        }
        pickings = newPickings;
        byAddress = newByAddress;
        views = accounts.views(plan, affinities);
        return departures;
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
        Accounts.Account account = accounts.of(key.servicePort().name());
        Optional<AffinityTable> affinity = affinities.of(key.servicePort());
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
