package io.kubeferry.agent;

import io.kubeferry.agent.options.AgentOptions;
import io.kubeferry.agent.options.SourceOptions;
import io.kubeferry.agent.saved.BootClock;
import io.kubeferry.agent.saved.Restoration;
import io.kubeferry.agent.saved.SavedState;
import io.kubeferry.agent.saved.StateFolder;
import io.kubeferry.agent.saved.UnusableStateException;
import io.kubeferry.agent.state.ClusterContents;
import io.kubeferry.agent.state.NodeRecord;
import io.kubeferry.agent.sync.Syncer;
import io.kubeferry.agent.watch.ClusterListener;
import io.kubeferry.agent.watch.ClusterSource;
import io.kubeferry.core.DataPlane;
import io.kubeferry.core.model.RememberedClient;
import io.kubeferry.core.model.ServicePortKey;
import io.kubeferry.core.observe.Ticker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is served from a state file until the source has told everything. The log has a sentence about what becomes of the
 * file. Immutable; {@link #startOn} on the main thread.
 */
final class EarlyState {
    private static final Logger LOG = LoggerFactory.getLogger(EarlyState.class);

    private final Restoration restoration;
    /** {@code the state file FILE of TIME}; empty where there is none. */
    private final String file;

    private final long readNanos = Ticker.system().nanos();

    private EarlyState(Restoration restoration, String file) {
        this.restoration = restoration;
        this.file = file;
    }

    /** What the folder that {@code options} name holds for an agent of {@code source}. */
    static EarlyState read(AgentOptions options, ClusterSource source) {
        Optional<Path> folder = options.handOver().stateDir();
        if (folder.isEmpty()) {
            return new EarlyState(new Restoration.Nothing(""), "");
        }
        StateFolder state = new StateFolder(folder.get());
        long began = Ticker.system().nanos();
        try {
            Optional<SavedState> saved = state.read();
            LOG.debug("the state file was read micros={}", (Ticker.system().nanos() - began) / 1_000);
            if (saved.isEmpty()) {
                LOG.info("--state-dir: there is no state file yet: {}", state.file());
                return new EarlyState(new Restoration.Nothing(""), "");
            }
            EarlyState early = new EarlyState(
                    Restoration.of(
                            saved.get(),
                            origin(options, source),
                            BootClock.system().now()),
                    "the state file " + state.file() + " of "
                            + saved.get().saved().time().truncatedTo(ChronoUnit.SECONDS));
            early.tell(state.file(), source);
            return early;
        } catch (IOException noClock) {
            return ignored(state.file(), "this system does not tell its boot: " + noClock, source);
        } catch (UnusableStateException unusable) {
            return ignored(state.file(), String.valueOf(unusable.getMessage()), source);
        }
    }

    /** The own Node, as far as a state file tells that is young enough to be served. */
    static Optional<NodeRecord> node(AgentOptions options, ClusterSource source) {
        Optional<Path> folder = options.handOver().stateDir();
        if (folder.isEmpty()) {
            return Optional.empty();
        }
        try {
            Optional<SavedState> saved = new StateFolder(folder.get()).read();
            return saved.isPresent()
                            && Restoration.of(
                                            saved.get(),
                                            origin(options, source),
                                            BootClock.system().now())
                                    instanceof Restoration.Everything
                    ? saved.get().cluster().node()
                    : Optional.empty();
        } catch (IOException | UnusableStateException toldLater) {
            return Optional.empty();
        }
    }

    /** Whose state an agent of {@code source} keeps. */
    static SavedState.Origin origin(AgentOptions options, ClusterSource source) {
        String proxyName = options.services().proxyName().orElse("");
        return switch (options.source()) {
            case SourceOptions.Manifests(Path folder) ->
                new SavedState.Origin(
                        options.node().name(),
                        "manifests in " + folder.toAbsolutePath().normalize(),
                        proxyName,
                        List.of());
            case SourceOptions.ApiServer server ->
                new SavedState.Origin(
                        options.node().name(),
                        source.description(),
                        proxyName,
                        server.namespaces().stream().sorted().distinct().toList());
        };
    }

    /** Begins to serve by {@code syncer}, which is not started yet, and returns what the source is to tell events to. */
    ClusterListener startOn(Syncer syncer, DataPlane dataPlane) {
        return switch (restoration) {
            case Restoration.Nothing nothing -> syncer;
            case Restoration.Everything everything -> {
                dataPlane.takeOver(everything.clients());
                yield serve(everything.state().cluster(), syncer, () -> {});
            }
            case Restoration.WayToApiServer way -> {
                // The plan that has the Services of these clients is the first one of the source.
                Map<ServicePortKey, List<RememberedClient>> clients = way.clients();
                yield serve(way.cluster(), syncer, () -> dataPlane.takeOver(clients));
            }
        };
    }

    private static ClusterListener serve(ClusterContents cluster, Syncer syncer, Runnable onSynced) {
        if (!cluster.services().isEmpty()) {
            syncer.serveEarly(cluster.events());
        }
        return new FirstLists(syncer, cluster, onSynced);
    }

    /** What is served before the source has told everything, in a clause for people. */
    String words() {
        return switch (restoration) {
            case Restoration.Nothing nothing -> "nothing is served yet";
            case Restoration.WayToApiServer way -> "only " + Restoration.API_SERVER + " is served, from " + file;
            case Restoration.Everything everything -> {
                Duration since = Duration.ofNanos(Ticker.system().nanos() - readNanos);
                yield "what is served is from " + file + ", which is "
                        + everything.age().plus(since).toSeconds() + " s old";
            }
        };
    }

    private void tell(Path path, ClusterSource source) {
        switch (restoration) {
            case Restoration.Nothing(String reason) -> ignored(path, reason, source);
            case Restoration.WayToApiServer(var cluster, String reason, var clients) ->
                LOG.info(
                        "--state-dir: {} until {} has told everything: {}: {}",
                        cluster.services().isEmpty() ? "nothing is served" : words(),
                        source.description(),
                        path,
                        reason);
            case Restoration.Everything everything ->
                LOG.info(
                        "--state-dir: until {} has told everything, {}: services={} slices={}",
                        source.description(),
                        words(),
                        everything.state().cluster().services().size(),
                        everything.state().cluster().slices().size());
        }
    }

    private static EarlyState ignored(Path file, String reason, ClusterSource source) {
        LOG.warn(
                "--state-dir: {} is ignored: {}; nothing is served before {} has told everything",
                file,
                reason,
                source.description());
        return new EarlyState(new Restoration.Nothing(reason), "");
    }
}
