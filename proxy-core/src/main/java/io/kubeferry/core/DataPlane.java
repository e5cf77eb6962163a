package io.kubeferry.core;

import io.kubeferry.core.DataPlaneConfig.Capture;
import io.kubeferry.core.connection.ConnectionAcceptor;
import io.kubeferry.core.connection.ConnectionBudget;
import io.kubeferry.core.connection.Departure;
import io.kubeferry.core.connection.UpstreamSources;
import io.kubeferry.core.listener.BindProblem;
import io.kubeferry.core.listener.CapturingListeners;
import io.kubeferry.core.listener.DestinationTable;
import io.kubeferry.core.listener.ListenerReconciler;
import io.kubeferry.core.listener.Listeners;
import io.kubeferry.core.model.NodeIdentity;
import io.kubeferry.core.model.ProxySnapshot;
import io.kubeferry.core.model.RememberedClient;
import io.kubeferry.core.model.ServicePortKey;
import io.kubeferry.core.net.EventLoops;
import io.kubeferry.core.net.TransparentSockets;
import io.kubeferry.core.observe.CloseReason;
import io.kubeferry.core.observe.DataPlaneView;
import io.kubeferry.core.observe.DurationHistogram;
import io.kubeferry.core.observe.Ticker;
import io.kubeferry.core.relay.Relays;
import io.kubeferry.core.routing.HostFacts;
import io.kubeferry.core.routing.RoutingPlan;
import io.kubeferry.core.routing.RoutingPlanner;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * Serves snapshots: the one entry of the agent into the data plane.
 *
 * <p>Thread-safe, but {@link #apply} is meant for one thread, one snapshot after the other.
 */
public final class DataPlane implements DataPlaneView, AutoCloseable {
    private static final Duration BIND_RETRY_PERIOD = Duration.ofSeconds(5);
    private static final Duration DRAIN_POLL_PERIOD = Duration.ofMillis(20);

    /** Event loops draw from it at once: each has a generator of its own. */
    private static final RandomGenerator SHARED_RANDOM =
            () -> ThreadLocalRandom.current().nextLong();

    private final long maxFileDescriptors;
    private final Function<NodeIdentity, HostFacts> host;
    private final RoutingPlanner planner;
    private final ConnectionBudget budget;
    private final DestinationTable destinations;
    private final EventLoops loops;
    private final EventLoopDelay loopDelay;
    private final Relays relays;
    private final ConnectionAcceptor acceptor;
    private final Listeners listeners;
    private final ScheduledExecutorService retries = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("kubeferry-bind-retry").factory());
    private volatile RoutingPlan plan = RoutingPlan.EMPTY;

    /**
     * Starts the event loops; nothing listens before the first {@link #apply}, which asks {@code host} what this machine
     * offers as the node of the snapshot.
     */
    public DataPlane(DataPlaneConfig config, Function<NodeIdentity, HostFacts> host) {
        this.maxFileDescriptors = config.maxFileDescriptors();
        this.host = host;
        Ticker ticker = Ticker.system();
        planner = new RoutingPlanner(config.origin());
        budget = new ConnectionBudget(DescriptorBudget.connections(maxFileDescriptors, 0));
        destinations = new DestinationTable(
                config.connections(),
                budget,
                SHARED_RANDOM,
                ticker,
                config.capture().map(Capture::network));
        loops = new EventLoops(config.transport(), config.eventLoops());
        loopDelay = new EventLoopDelay(loops, ticker);
        relays = new Relays(loops, DescriptorBudget.pipes(maxFileDescriptors) / config.eventLoops());
        acceptor = new ConnectionAcceptor(
                loops,
                relays,
                config.connections(),
                destinations,
                config.capture().map(DataPlane::sources),
                ticker,
                config.connectionLog());
        listeners = config.capture()
                .<Listeners>map(capture -> CapturingListeners.over(
                        new CapturingListeners.Parts(
                                config.transport(),
                                loops,
                                new TransparentSockets(capture.socketMark()),
                                capture.families()),
                        capture.host(),
                        acceptor,
                        budget,
                        ticker))
                .orElseGet(() -> ListenerReconciler.over(
                        config.transport(), loops, acceptor, budget, ticker, config.sharesAddresses()));
        long periodMillis = BIND_RETRY_PERIOD.toMillis();
        retries.scheduleWithFixedDelay(listeners::retry, periodMillis, periodMillis, TimeUnit.MILLISECONDS);
    }

    /**
     * Serves {@code snapshot} from now on: when this returns, its addresses listen and those it lacks refuse. Addresses
     * that cannot be bound are reported and retried; they do not make this fail.
     */
    public synchronized RoutingPlan apply(ProxySnapshot snapshot) {
        RoutingPlan next = planner.plan(snapshot, host.apply(snapshot.node()));
        // First what connections are for, then the sockets: a connection accepted in between finds its service port.
        // The
        // table still knows places that go.
        List<Departure> departures = destinations.update(next);
        listeners.reconcile(next, snapshot);
        departures.forEach(acceptor::endConnectionsTo);
        budget.setLimit(DescriptorBudget.connections(maxFileDescriptors, listeners.listening()));
        plan = next;
        return next;
    }

    /** Where session affinity sends clients now. */
    public Map<ServicePortKey, List<RememberedClient>> rememberedClients() {
        return destinations.rememberedClients();
    }

    /**
     * Service ports that begin to have session affinity with the next {@link #apply} know {@code clients} already, those of
     * an earlier process.
     */
    public synchronized void takeOver(Map<ServicePortKey, List<RememberedClient>> clients) {
        destinations.takeOver(clients);
    }

    /** The plan in force. */
    public RoutingPlan plan() {
        return plan;
    }

    /** Addresses that should be listening and could not be bound. */
    public List<BindProblem> bindProblems() {
        return listeners.problems();
    }

    @Override
    public List<ServicePortView> servicePorts() {
        return destinations.servicePorts();
    }

    @Override
    public int bindFailures() {
        return listeners.problems().size();
    }

    @Override
    public long acceptPauses() {
        return listeners.acceptPauses();
    }

    @Override
    public DurationHistogram.Reading eventLoopDelay() {
        return loopDelay.read();
    }

    /** The number of connections that have not ended. */
    public int activeConnections() {
        return acceptor.count();
    }

    /**
     * Stops accepting, lets connections finish until {@code timeout}, then resets those that are left and returns their
     * number. Ends early when the thread is interrupted.
     */
    public int drain(Duration timeout) {
        stopListening();
        long deadline = System.nanoTime() + timeout.toNanos();
        try {
            while (acceptor.count() > 0 && System.nanoTime() < deadline) {
                TimeUnit.NANOSECONDS.sleep(DRAIN_POLL_PERIOD.toNanos());
            }
        } catch (InterruptedException inAHurry) {
            Thread.currentThread().interrupt();
        }
        int left = acceptor.count();
        acceptor.abortAll(CloseReason.DRAIN_DEADLINE);
        return left;
    }

    /** Ends everything at once: connections that are left are reset. */
    @Override
    public void close() {
        stopListening();
        acceptor.abortAll(CloseReason.DRAIN_DEADLINE);
        acceptor.close();
        loopDelay.close();
        loops.close();
        relays.close();
    }

    private static UpstreamSources sources(Capture capture) {
        return new UpstreamSources(
                new TransparentSockets(capture.socketMark()), capture.network(), capture.keepClient());
    }

    private void stopListening() {
        retries.shutdownNow();
        listeners.closeAll();
    }
}
