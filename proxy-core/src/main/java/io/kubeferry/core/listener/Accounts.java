package io.kubeferry.core.listener;

import io.kubeferry.core.balance.AffinityTable;
import io.kubeferry.core.balance.EndpointTrack;
import io.kubeferry.core.balance.EndpointTracks;
import io.kubeferry.core.connection.ConnectionBudget;
import io.kubeferry.core.connection.Departure;
import io.kubeferry.core.model.ConnectionRules;
import io.kubeferry.core.model.Endpoint;
import io.kubeferry.core.model.ServicePort;
import io.kubeferry.core.model.ServicePortName;
import io.kubeferry.core.model.TrafficPolicy;
import io.kubeferry.core.observe.DataPlaneView.EndpointReading;
import io.kubeferry.core.observe.DataPlaneView.ServicePortView;
import io.kubeferry.core.observe.RecentLimit;
import io.kubeferry.core.observe.ServicePortStats;
import io.kubeferry.core.observe.Ticker;
import io.kubeferry.core.routing.RoutingPlan;
import io.kubeferry.core.routing.ServicePortPlan;
import io.kubeferry.core.routing.UsableEndpoints;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * What outlives changes of a service port, over both IP families: its counts, its part of the connection budget, and what
 * is known of its endpoints.
 *
 * <p>Threading: sync thread only; the accounts' parts are thread-safe.
 */
final class Accounts {
    private final ConnectionBudget budget;
    private final Ticker ticker;
    private final RecentLimit recent = new RecentLimit(RecentLimit.DEFAULT_MAX_CONNECTIONS);
    private final Map<ServicePortName, Account> accounts = new HashMap<>();

    /**
     * Of one service port.
     *
     * @param servicePorts it as it is now, in each IP family
     */
    record Account(
            ServicePortStats stats,
            ConnectionBudget.Share share,
            EndpointTracks tracks,
            List<ServicePort> servicePorts) {
        private ConnectionRules rules() {
            return servicePorts.getFirst().connections();
        }

        private List<Endpoint> endpoints() {
            return servicePorts.stream()
                    .flatMap(servicePort -> servicePort.endpoints().stream())
                    .toList();
        }
    }

    /** No accounts yet; service ports will share {@code budget}. */
    Accounts(ConnectionBudget budget, Ticker ticker) {
        this.budget = budget;
        this.ticker = ticker;
    }

    /** The account of a service port of the last update. */
    Account of(ServicePortName name) {
        Account account = accounts.get(name);
        if (account == null) {
            throw new IllegalStateException("route of a service port that is not in the snapshot: " + name);
        }
        return account;
    }

    /**
     * Keeps an account for each of {@code names} that {@code plan} has, and none for the others of them; returns the endpoints
     * that some of them have no longer.
     */
    List<Departure> update(RoutingPlan plan, Iterable<ServicePortName> names) {
        List<Departure> departures = new ArrayList<>();
        for (ServicePortName name : names) {
            Account before = accounts.get(name);
            List<ServicePort> families =
                    plan.of(name).stream().map(ServicePortPlan::servicePort).toList();
            if (!families.isEmpty()) {
                accounts.put(name, changed(Optional.ofNullable(before), families, departures));
            } else if (before != null) {
                accounts.remove(name);
                depart(before.tracks().retain(List.of()), before.rules(), departures);
            }
        }
        return departures;
    }

    /** What is to be seen of the service port {@code name} of {@code plan}; empty if it is not there. */
    Optional<ServicePortView> view(ServicePortName name, RoutingPlan plan, AffinityTables affinities) {
        Account account = accounts.get(name);
        if (account == null) {
            return Optional.empty();
        }
        List<UsableEndpoints> usable =
                plan.of(name).stream().map(ServicePortPlan::usable).toList();
        List<AffinityTable> tables = account.servicePorts().stream()
                .flatMap(servicePort -> affinities.of(servicePort.key()).stream())
                .toList();
        return Optional.of(new ServicePortView(
                account.stats(),
                count(usable, TrafficPolicy.CLUSTER),
                count(usable, TrafficPolicy.LOCAL),
                tables.isEmpty() ? Optional.empty() : Optional.of(size(tables)),
                () -> endpoints(account)));
    }

    private Account changed(Optional<Account> before, List<ServicePort> families, List<Departure> departures) {
        ServicePort any = families.getFirst();
        Account account = before.filter(known -> known.stats().portLabel().equals(any.portLabel()))
                .map(known -> new Account(known.stats(), known.share(), known.tracks(), families))
                .orElseGet(() -> new Account(
                        new ServicePortStats(any.name(), any.portLabel(), recent),
                        budget.newShare(),
                        before.map(Account::tracks).orElseGet(() -> new EndpointTracks(ticker::nanos)),
                        families));
        account.share().setMax(account.rules().maxConnections());
        depart(account.tracks().retain(account.endpoints()), account.rules(), departures);
        return account;
    }

    private static void depart(Set<EndpointTrack> endpoints, ConnectionRules rules, List<Departure> departures) {
        if (!endpoints.isEmpty()) {
            departures.add(new Departure(endpoints, rules.onEndpointRemoval()));
        }
    }

    private static List<EndpointReading> endpoints(Account account) {
        boolean sparesSetAside = account.rules().setAside()
                && account.tracks().all().stream().anyMatch(track -> !track.isGone() && !track.isSetAside());
        return account.tracks().all().stream()
                .filter(track -> !track.isGone() || track.connections() > 0)
                .map(track -> new EndpointReading(
                        track.address(), track.connections(), sparesSetAside && !track.isGone() && track.isSetAside()))
                .toList();
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
