package io.kubeferry.agent.health;

import io.kubeferry.agent.http.ConnectionBudget;
import io.kubeferry.agent.http.HttpBindException;
import io.kubeferry.agent.http.HttpRoute;
import io.kubeferry.agent.http.HttpRoutes;
import io.kubeferry.agent.http.HttpServer;
import io.kubeferry.agent.http.HttpSite;
import io.kubeferry.agent.http.HttpThreads;
import io.kubeferry.agent.state.ObjectName;
import io.kubeferry.agent.sync.SyncHealth;
import io.kubeferry.core.model.IpFamily;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The health-check ports of all Services that have one ({@code healthCheckNodePort}). A port is open as long as its
 * Service wants it, also with no endpoint; load balancers then get a 503 and send traffic elsewhere.
 *
 * <p>Threading: {@link #sync} and {@link #close} from the sync thread only. Requests are answered on the HTTP event loop.
 */
public final class ServiceHealthServers implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ServiceHealthServers.class);

    /** A Service's port as it is wanted. */
    private record Wanted(int port, Map<IpFamily, Integer> localEndpoints) {}

    /** A Service's port that is open. */
    private record Open(int port, ServiceHealthAnswer answer, HttpServer server) {}

    /** Why a Service's port is not open. */
    private record Failure(int port, String reason) {}

    private final HttpThreads threads;
    private final Supplier<? extends Collection<? extends InetAddress>> addresses;
    private final SyncHealth health;
    private final ServiceHealthEvents events;
    /** All Services share it: a probed port must not cost the node its descriptors, however many there are. */
    private final ConnectionBudget budget = ConnectionBudget.ofDefaultSize();

    private final Map<ObjectName, Open> open = new HashMap<>();
    private final Map<ObjectName, Failure> failures = new HashMap<>();
    /** Where the open ones listen. */
    private List<InetAddress> listening = List.of();

    private boolean addressMissed;

    /**
     * Nothing is open before the first {@link #sync}.
     *
     * @param addresses where to listen: 0.0.0.0, ::, or addresses of this node
     */
    public ServiceHealthServers(
            HttpThreads threads,
            Collection<? extends InetAddress> addresses,
            SyncHealth health,
            ServiceHealthEvents events) {
        this(threads, () -> addresses, health, events);
    }

    /**
     * The same for addresses that may change: those of a node that is not known yet, or of interfaces that come and go.
     * They are asked for at every {@link #sync}; where they are others than before, every port moves.
     */
    public ServiceHealthServers(
            HttpThreads threads,
            Supplier<? extends Collection<? extends InetAddress>> addresses,
            SyncHealth health,
            ServiceHealthEvents events) {
        this.threads = threads;
        this.addresses = addresses;
        this.health = health;
        this.events = events;
    }

    /** A socket of the JDK on :: answers for IPv4 too, and does not get its port beside one on 0.0.0.0. */
    private static List<InetAddress> withoutDoubleWildcard(List<InetAddress> addresses) {
        boolean allFamilies = addresses.stream()
                .anyMatch(address -> address.isAnyLocalAddress() && !(address instanceof Inet4Address));
        return addresses.stream()
                .filter(address -> !allFamilies || !address.isAnyLocalAddress() || !(address instanceof Inet4Address))
                .toList();
    }

    /** Opens, updates and closes ports so that they are those of {@code services}. To be called after each successful sync. */
    public void sync(Collection<ServiceHealth> services) {
        Map<ObjectName, Wanted> wanted = byService(services);
        List<InetAddress> present = withoutDoubleWildcard(List.copyOf(addresses.get()));
        if (!present.equals(listening)) {
            close();
            listening = present;
        }
        tellWhereThereIsNoAddress(wanted.size());
        closeUnwanted(wanted);
        failures.keySet().retainAll(wanted.keySet());
        wanted.forEach((service, port) -> {
            if (!open.containsKey(service) && !listening.isEmpty()) {
                tryToOpen(service, port.port());
            }
            Optional.ofNullable(open.get(service))
                    .ifPresent(each -> each.answer().update(port.localEndpoints()));
        });
    }

    /** Once, however many syncs and Services there are. */
    private void tellWhereThereIsNoAddress(int services) {
        boolean missing = listening.isEmpty() && services > 0;
        if (missing && !addressMissed) {
            log.warn(
                    "Health-check ports stay closed, this node has no address for node ports so far services={}",
                    services);
        }
        addressMissed = missing;
    }

    /** Sorted, so that of two new Services that claim one port the same one always gets it. */
    private static Map<ObjectName, Wanted> byService(Collection<ServiceHealth> services) {
        Map<ObjectName, Wanted> wanted = new TreeMap<>();
        for (ServiceHealth service : services) {
            wanted.computeIfAbsent(
                            service.service(), absent -> new Wanted(service.port(), new EnumMap<>(IpFamily.class)))
                    .localEndpoints()
                    .put(service.family(), service.localEndpoints());
        }
        return wanted;
    }

    /** All of them first: a port that one Service gives up may be another's new one. */
    private void closeUnwanted(Map<ObjectName, Wanted> wanted) {
        for (Iterator<Map.Entry<ObjectName, Open>> each = open.entrySet().iterator(); each.hasNext(); ) {
            Map.Entry<ObjectName, Open> entry = each.next();
            Wanted still = wanted.get(entry.getKey());
            if (still == null || still.port() != entry.getValue().port()) {
                entry.getValue().server().close();
                each.remove();
                log.debug(
                        "Health-check port closed service={} port={}",
                        entry.getKey(),
                        entry.getValue().port());
            }
        }
    }

    private void tryToOpen(ObjectName service, int port) {
        Optional<ObjectName> owner = owner(port);
        if (owner.isPresent()) {
            report(service, new Failure(port, "Service " + owner.get() + " has the same health-check port"));
            return;
        }
        ServiceHealthAnswer answer =
                new ServiceHealthAnswer(service, () -> health.report().healthy());
        HttpSite site = HttpSite.of("health check of " + service, HttpRoutes.everyPath(HttpRoute.anyMethod(answer)))
                .with(budget);
        try {
            HttpServer server = HttpServer.bind(threads, site, at(port));
            open.put(service, new Open(port, answer, server));
            failures.remove(service);
            log.debug("Health-check port opened service={} port={}", service, port);
        } catch (HttpBindException e) {
            report(service, new Failure(port, e.reason()));
        }
    }

    private Optional<ObjectName> owner(int port) {
        return open.entrySet().stream()
                .filter(entry -> entry.getValue().port() == port)
                .map(Map.Entry::getKey)
                .findFirst();
    }

    private List<InetSocketAddress> at(int port) {
        return listening.stream()
                .map(address -> new InetSocketAddress(address, port))
                .toList();
    }

    private void report(ObjectName service, Failure failure) {
        if (failure.equals(failures.put(service, failure))) {
            return;
        }
        log.warn(
                "Health-check port cannot be opened and is tried again at every sync service={} port={} reason={}",
                service,
                failure.port(),
                failure.reason());
        events.failedToStart(service, failure.port(), failure.reason());
    }

    /** Closes every port. */
    @Override
    public void close() {
        open.values().forEach(each -> each.server().close());
        open.clear();
    }
}
