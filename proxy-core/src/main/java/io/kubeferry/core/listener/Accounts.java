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
import io.kubeferry.core.routing.UsableEndpoints;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
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
    private Map<ServicePortName, Account> accounts = Map.of();

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

    /** Keeps an account for each of {@code servicePorts}; returns the endpoints that some of them have no longer. */
    List<Departure> update(Iterable<ServicePort> servicePorts) {
        Map<ServicePortName, List<ServicePort>> byName = new TreeMap<>();
        servicePorts.forEach(servicePort -> byName.computeIfAbsent(servicePort.name(), _ -> new ArrayList<>(2))
                .add(servicePort));
        Map<ServicePortName, Account> next = new LinkedHashMap<>();
        List<Departure> departures = new ArrayList<>();
        byName.forEach((name, families) -> {
            Account before = accounts.get(name);
            Account account = before != null && before.servicePorts().equals(families)
                    ? before
                    : changed(Optional.ofNullable(before), families, departures);
            next.put(name, account);
        });
        accounts.forEach((name, gone) -> {
            if (!next.containsKey(name)) {
                depart(gone.tracks().retain(List.of()), gone.rules(), departures);
            }
        });
        accounts = next;
        return departures;
    }

    /** What is to be seen of every service port of {@code plan}, in the order of names. */
    List<ServicePortView> views(RoutingPlan plan, AffinityTables affinities) {
        List<ServicePortView> views = new ArrayList<>(accounts.size());
        accounts.values().forEach(account -> {
            List<UsableEndpoints> usable = account.servicePorts().stream()
                    .map(servicePort -> plan.usable().get(servicePort.key()))
                    .filter(Objects::nonNull)
                    .toList();
            List<AffinityTable> tables = account.servicePorts().stream()
                    .flatMap(servicePort -> affinities.of(servicePort.key()).stream())
                    .toList();
            if (!usable.isEmpty()) {
                views.add(new ServicePortView(
                        account.stats(),
                        count(usable, TrafficPolicy.CLUSTER),
                        count(usable, TrafficPolicy.LOCAL),
                        tables.isEmpty() ? Optional.empty() : Optional.of(size(tables)),
                        () -> endpoints(account)));
            }
        });
        return List.copyOf(views);
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
