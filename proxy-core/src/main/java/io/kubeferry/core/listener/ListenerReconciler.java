package io.kubeferry.core.listener;

import io.kubeferry.core.connection.ConnectionAcceptor;
import io.kubeferry.core.connection.ConnectionBudget;
import io.kubeferry.core.model.PersistentMap;
import io.kubeferry.core.model.ProxySnapshot;
import io.kubeferry.core.net.EventLoops;
import io.kubeferry.core.net.SocketFailure;
import io.kubeferry.core.net.Transport;
import io.kubeferry.core.observe.Ticker;
import io.kubeferry.core.routing.ListenAddress;
import io.kubeferry.core.routing.Route;
import io.kubeferry.core.routing.RoutingPlan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes exactly those addresses listen that the plan serves. An address that cannot be bound costs no other one
 * anything; it is reported once, counted, and tried again by {@link #retry}.
 *
 * <p>Thread-safe. Calls block until the kernel has done what they ask.
 */
public final class ListenerReconciler implements Listeners {
    private static final Logger LOG = LoggerFactory.getLogger(ListenerReconciler.class);
    private static final int REPORTED_AT_ONCE = 10;

    private final ServiceListener.Sockets sockets;
    private final Map<ListenAddress, ServiceListener> listeners = new LinkedHashMap<>();
    private final Map<ListenAddress, BindProblem> problems = new LinkedHashMap<>();
    /** Those of {@link #listeners} that do not listen (yet). */
    private final Map<ListenAddress, ServiceListener> unbound = new LinkedHashMap<>();
    /** What shall listen. */
    private PersistentMap<ListenAddress, Route> wanted = PersistentMap.empty();

    private ListenerReconciler(ServiceListener.Sockets sockets) {
        this.sockets = sockets;
    }

    /**
     * Listeners on {@code loops} that hand what they accept to {@code acceptor} while {@code budget} has room.
     *
     * @param shared whether another process may listen at the same addresses at the same time
     */
    public static ListenerReconciler over(
            Transport transport,
            EventLoops loops,
            ConnectionAcceptor acceptor,
            ConnectionBudget budget,
            Ticker ticker,
            boolean shared) {
        return new ListenerReconciler(
                new ServiceListener.Sockets(transport, loops, acceptor, budget, new AcceptPauses(ticker), shared));
    }

    /** Closes what {@code plan} does not serve, then binds what is missing. */
    @Override
    public synchronized void reconcile(RoutingPlan plan, ProxySnapshot snapshot) {
        reconcile(plan);
    }

    private void reconcile(RoutingPlan plan) {
        PersistentMap<ListenAddress, Route> before = wanted;
        wanted = plan.routes();
        List<CompletableFuture<Void>> closing = new ArrayList<>();
        PersistentMap.compare(before, wanted, (place, was, is) -> {
            boolean serve = is != null && is.isServed();
            if (serve) {
                listeners.computeIfAbsent(place, this::unboundListener);
            } else if (listeners.containsKey(place)) {
                closing.add(listeners.remove(place).close());
                unbound.remove(place);
                problems.remove(place);
            }
        });
        closing.forEach(CompletableFuture::join);
        report(bindMissing());
    }

    @Override
    public synchronized void retry() {
        if (!problems.isEmpty()) {
            report(bindMissing());
        }
    }

    @Override
    public synchronized List<BindProblem> problems() {
        return List.copyOf(problems.values());
    }

    @Override
    public synchronized int listening() {
        return listeners.size() - problems.size();
    }

    @Override
    public long acceptPauses() {
        return sockets.pauses().count();
    }

    @Override
    public synchronized void closeAll() {
        if (!sockets.shared()) {
            // Otherwise what waits goes to the process that is left, and what is new shall go there at once.
            AcceptQueues.empty(
                    listeners.values().stream()
                            .flatMap(listener -> listener.channel().stream())
                            .toList(),
                    sockets.transport(),
                    sockets.loops(),
                    sockets.acceptor()::accepted);
        }
        reconcile(RoutingPlan.EMPTY);
    }

    private ServiceListener unboundListener(ListenAddress place) {
        ServiceListener listener = new ServiceListener(place, sockets);
        unbound.put(place, listener);
        return listener;
    }

    /** Binds every listener that is not bound, and returns the problems that were not known before. */
    private List<BindProblem> bindMissing() {
        Map<ListenAddress, CompletableFuture<Optional<SocketFailure>>> binding = new LinkedHashMap<>();
        unbound.forEach((address, listener) -> binding.put(address, listener.bind()));
        List<BindProblem> fresh = new ArrayList<>();
        binding.forEach((address, outcome) -> {
            Route route = Objects.requireNonNull(wanted.get(address));
            Optional<SocketFailure> failure = outcome.join();
            if (failure.isEmpty()) {
                unbound.remove(address);
                if (problems.remove(address) != null) {
                    LOG.info(
                            "listening again: {} for Service {}",
                            address,
                            route.servicePort().name());
                }
            } else if (problems.put(address, new BindProblem(route, failure.get())) == null) {
                fresh.add(new BindProblem(route, failure.get()));
            }
        });
        return fresh;
    }

    private static void report(List<BindProblem> fresh) {
        fresh.stream().limit(REPORTED_AT_ONCE).forEach(problem -> LOG.warn("{}; trying again", problem));
        if (fresh.size() > REPORTED_AT_ONCE) {
            LOG.warn("and {} more addresses could not be bound; trying again", fresh.size() - REPORTED_AT_ONCE);
        }
    }
}
