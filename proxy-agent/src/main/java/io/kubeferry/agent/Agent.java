package io.kubeferry.agent;

import io.kubeferry.agent.accesslog.AccessLog;
import io.kubeferry.agent.health.ServiceHealthServers;
import io.kubeferry.agent.http.HttpThreads;
import io.kubeferry.agent.options.AddressMode;
import io.kubeferry.agent.options.AgentOptions;
import io.kubeferry.agent.options.GoDuration;
import io.kubeferry.agent.options.SourceOptions;
import io.kubeferry.agent.saved.StateFolder;
import io.kubeferry.agent.saved.StateSaver;
import io.kubeferry.agent.state.ClusterState;
import io.kubeferry.agent.state.NodeRecord;
import io.kubeferry.agent.sync.Pacing;
import io.kubeferry.agent.sync.SyncHealth;
import io.kubeferry.agent.sync.SyncObserver;
import io.kubeferry.agent.sync.SyncOptions;
import io.kubeferry.agent.sync.Syncer;
import io.kubeferry.agent.watch.ClusterListener;
import io.kubeferry.agent.watch.ClusterSource;
import io.kubeferry.core.DataPlane;
import io.kubeferry.core.DataPlaneConfig;
import io.kubeferry.core.connection.ConnectionSettings;
import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.net.Transport;
import io.kubeferry.core.observe.CloseReason;
import io.kubeferry.core.observe.Ticker;
import io.kubeferry.core.routing.EndpointOrigin;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running agent: everything from a source of cluster state to listening sockets.
 *
 * <p>Threading: started and stopped by one thread.
 */
public final class Agent implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Agent.class);
    private static final Duration FULL_SYNC_PERIOD = Duration.ofHours(1);
    /** What telling why a start failed may delay the end of the process. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(3);

    private final AgentOptions options;
    private final DataPlane dataPlane;
    private final ClusterSource source;
    private final Syncer syncer;
    private final HandOver handOver;
    private final Optional<StateSaver> saver;
    /** What else is to be closed, last one first. */
    private final List<AutoCloseable> parts = new ArrayList<>();

    private boolean closed;

    private Agent(
            AgentOptions options,
            DataPlane dataPlane,
            ClusterSource source,
            Syncer syncer,
            HandOver handOver,
            Optional<StateSaver> saver) {
        this.options = options;
        this.dataPlane = dataPlane;
        this.source = source;
        this.syncer = syncer;
        this.handOver = handOver;
        this.saver = saver;
    }

    /**
     * Starts an agent that serves until it is closed.
     *
     * @param version of kubeferry, for metrics and the log
     * @throws AgentStartException if it cannot start as told; nothing is left running then
     */
    public static Agent start(AgentOptions options, String version) throws AgentStartException {
        Transport transport = transport(options);
        // First what needs nobody else: the API server may make us wait.
        Optional<AccessLog> accessLog = accessLog(options);
        try {
            AgentOptions settled = AddressChoice.settle(options, transport);
            return start(settled, transport, accessLog, HandOver.begin(settled), version);
        } catch (AgentStartException cannotStart) {
            accessLog.ifPresent(AccessLog::close);
            throw cannotStart;
        }
    }

    private static Agent start(
            AgentOptions options, Transport transport, Optional<AccessLog> accessLog, HandOver handOver, String version)
            throws AgentStartException {
        NodeHost host = new NodeHost(options);
        Optional<CaptureParts> capture = CaptureParts.of(options, handOver);
        DataPlane dataPlane = new DataPlane(dataPlaneConfig(options, transport, host, accessLog, capture), host::facts);
        Set<IpFamily> families = host.families();
        ClusterState state =
                new ClusterState(options.node().name(), options.node().zone(), Instant.now());
        Telemetry telemetry = Telemetry.of(dataPlane, accessLog, capture, options, state, families, version);
        SyncHealth health = telemetry.health();
        ClusterSource source;
        try {
            source = Sources.open(options, telemetry.apiRequests());
        } catch (AgentStartException unusable) {
            dataPlane.close();
            telemetry.close();
            capture.ifPresent(CaptureParts::close);
            handOver.close();
            throw unusable;
        }

        HttpThreads httpThreads = new HttpThreads(options.handOver().overlap());
        ServiceHealthServers serviceHealth = serviceHealth(httpThreads, options, host, state, health, source);
        EarlyState early = EarlyState.read(options, source, handOver::isAlone);
        SyncTrouble syncTrouble = new SyncTrouble(early::words);
        Optional<StateSaver> saver = saver(options, source, state, dataPlane, telemetry);
        List<SyncObserver> observers = new ArrayList<>(List.of(
                telemetry.syncs(),
                syncTrouble,
                new ServiceHealthSync(state, serviceHealth),
                new BindEvents(options.node().name(), dataPlane::bindProblems, source::warnOwner),
                new ServedLog(dataPlane),
                handOver.readiness(dataPlane::bindFailures)));
        saver.ifPresent(each -> observers.add(new SavedSync(each)));
        if (Sources.origin(options) == EndpointOrigin.API_SERVER) {
            observers.add(new PodNetworkCheck());
        }
        if (options.addresses().mode() == AddressMode.LOOPBACK) {
            observers.add(new CaptureRemainsCheck());
        }
        Syncer syncer = new Syncer(
                new StateSource(state),
                dataPlane::apply,
                health,
                observers,
                new SyncOptions(1, families, pacing(options)),
                Ticker.system(),
                InstantSource.system());

        Agent agent = new Agent(options, dataPlane, source, syncer, handOver, saver);
        saver.ifPresent(agent.parts::add);
        capture.ifPresent(agent.parts::add);
        agent.parts.add(handOver);
        agent.parts.add(early);
        agent.parts.add(telemetry);
        agent.parts.add(httpThreads);
        agent.parts.add(serviceHealth);
        logStart(options, version, source, transport);
        try {
            agent.parts.add(new HttpFront(
                    httpThreads,
                    options,
                    telemetry,
                    new StatusReader(
                            options.node().name(), version, host.offeredAt(), dataPlane, source, health, syncTrouble),
                    () -> isEligible(options, state),
                    source::warnNode));
        } catch (AgentStartException addressTaken) {
            source.lastWords(LAST_WORDS);
            agent.close();
            throw addressTaken;
        }
        ClusterListener listener = early.startOn(syncer, dataPlane);
        syncer.start();
        agent.parts.add(new InterfaceWatch(host, () -> state.snapshot().node(), syncer::requestSync));
        source.start(new OverheardEvents(listener, new AnnotationEvents(source::warnOwnerTogether)));
        return agent;
    }

    private static ServiceHealthServers serviceHealth(
            HttpThreads httpThreads,
            AgentOptions options,
            NodeHost host,
            ClusterState state,
            SyncHealth health,
            ClusterSource source) {
        return new ServiceHealthServers(
                httpThreads,
                () -> host.facts(state.snapshot().node()).nodePortAddresses(),
                health,
                (service, port, reason) -> source.warnOwner(
                        service,
                        "FailedToStartServiceHealthcheck",
                        "Listen",
                        "node " + options.node().name() + " cannot open healthCheckNodePort " + port + ": " + reason));
    }

    private static Optional<StateSaver> saver(
            AgentOptions options, ClusterSource source, ClusterState state, DataPlane dataPlane, Telemetry telemetry) {
        return options.handOver()
                .stateDir()
                .map(folder -> new StateSaver(
                        new StateFolder(folder),
                        EarlyState.origin(options, source),
                        new ServedContents(state, dataPlane),
                        options.handOver().overlap(),
                        Ticker.system()::nanos,
                        telemetry.state()::writeFailed));
    }

    private static void logStart(AgentOptions options, String version, ClusterSource source, Transport transport) {
        LOG.info(
                "kubeferry starts version={} node={} source={} transport={} ({}) event-loops={}",
                version,
                options.node().name(),
                source.description(),
                transport.name(),
                transport.reason(),
                eventLoops(options));
    }

    /** What is served. */
    public DataPlane dataPlane() {
        return dataPlane;
    }

    /** Stops accepting, lets connections finish until the drain time-out, and ends. Returns what had to be reset. */
    public int drain() {
        source.close();
        syncer.close();
        // Beside what follows, which must not wait for a disk.
        saver.ifPresent(StateSaver::finish);
        handOver.leave();
        int active = dataPlane.activeConnections();
        LOG.info(
                "stopped accepting; may finish within {}: connections={}",
                GoDuration.format(options.connections().drainTimeout()),
                active);
        int reset = dataPlane.drain(options.connections().drainTimeout());
        if (reset > 0) {
            LOG.warn(
                    "did not finish within {} (--drain-timeout) and were reset: connections={} reason={} most of: {}",
                    GoDuration.format(options.connections().drainTimeout()),
                    reset,
                    CloseReason.DRAIN_DEADLINE.label(),
                    UnfinishedConnections.of(dataPlane.servicePorts()));
        }
        close();
        return reset;
    }

    /** Ends at once; connections that are left are reset. Does nothing where that has been done. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        source.close();
        syncer.close();
        dataPlane.close();
        for (AutoCloseable part : parts.reversed()) {
            try {
                part.close();
            } catch (Exception failure) {
                LOG.warn("a part did not stop cleanly part={} reason={}", part, failure.toString());
            }
        }
        parts.clear();
    }

    /** A node that was never seen is no place for a load balancer to send traffic to, unless Nodes play no part here. */
    private static boolean isEligible(AgentOptions options, ClusterState state) {
        boolean withoutNode = switch (options.source()) {
            case SourceOptions.Manifests manifests -> true;
            case SourceOptions.ApiServer server -> !server.namespaces().isEmpty();
        };
        return state.node().map(NodeRecord::eligible).orElse(withoutNode);
    }

    private static Transport transport(AgentOptions options) throws AgentStartException {
        try {
            return Transport.choose(options.transport().preference());
        } catch (IllegalArgumentException notHere) {
            throw new AgentStartException(String.valueOf(notHere.getMessage()));
        }
    }

    private static Optional<AccessLog> accessLog(AgentOptions options) throws AgentStartException {
        if (options.accessLog().isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(AccessLog.open(options.accessLog().get(), InstantSource.system()));
        } catch (IOException unusable) {
            throw new AgentStartException("access log "
                    + options.accessLog().get().name() + " cannot be written: " + AccessLog.words(unusable));
        }
    }

    private static DataPlaneConfig dataPlaneConfig(
            AgentOptions options,
            Transport transport,
            NodeHost host,
            Optional<AccessLog> accessLog,
            Optional<CaptureParts> capture) {
        return new DataPlaneConfig(
                transport,
                eventLoops(options),
                ConnectionSettings.of(
                        options.connections().connectTimeout(),
                        options.connections().connectAttempts(),
                        options.connections().idleTimeout()),
                Sources.origin(options),
                host.maxFileDescriptors(),
                accessLog.map(log -> log),
                capture.map(parts -> parts.config(host.families())),
                options.handOver().overlap());
    }

    private static int eventLoops(AgentOptions options) {
        return options.transport()
                .eventLoops()
                .orElseGet(() -> Runtime.getRuntime().availableProcessors());
    }

    private static Pacing pacing(AgentOptions options) {
        Duration min = options.sync().minSyncPeriod();
        return new Pacing(
                min, options.sync().syncPeriod(), min.compareTo(FULL_SYNC_PERIOD) > 0 ? min : FULL_SYNC_PERIOD);
    }
}
