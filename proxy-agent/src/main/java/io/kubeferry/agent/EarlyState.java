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
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is served from a state file until the source has told everything. The log has a sentence about what becomes of the
 * file.
 *
 * <p>Where another process is at work on this host and this one is to take over from it, nothing is served early: the other
 * one serves, and may know more than its file does. Session affinity is then read when this process takes over.
 *
 * <p>Threading: main thread, but for {@link #words}.
 */
final class EarlyState {
    private static final Logger LOG = LoggerFactory.getLogger(EarlyState.class);
    private static final ClusterContents NOTHING =
            new ClusterContents(Optional.empty(), List.of(), List.of(), Map.of());

    private final AgentOptions options;
    private final ClusterSource source;
    /** Handed over by {@link #startOn}, so that it does not fill the memory for ever. */
    private Restoration restoration;

    private final boolean alone;
    private final Supplier<String> words;

    private EarlyState(
            AgentOptions options,
            ClusterSource source,
            Restoration restoration,
            boolean alone,
            Supplier<String> words) {
        this.options = options;
        this.source = source;
        this.restoration = restoration;
        this.alone = alone;
        this.words = words;
    }

    /**
     * What the folder that {@code options} name holds for an agent of {@code source}.
     *
     * @param alone whether no other process is there to do the work
     */
    static EarlyState read(AgentOptions options, ClusterSource source, boolean alone) {
        Optional<Path> folder = options.handOver().stateDir();
        if (folder.isEmpty() || !alone) {
            return nothing(options, source, alone);
        }
        StateFolder state = new StateFolder(folder.get());
        long began = Ticker.system().nanos();
        try {
            Optional<SavedState> saved = state.read();
            if (saved.isEmpty()) {
                LOG.info("--state-dir: there is no state file yet: {}", state.file());
                return nothing(options, source, alone);
            }
            LOG.debug("the state file was read micros={}", (Ticker.system().nanos() - began) / 1_000);
            Restoration restoration = Restoration.of(
                    saved.get(), origin(options, source), BootClock.system().now());
            Supplier<String> words = words(
                    restoration,
                    "the state file " + state.file() + " of "
                            + saved.get().saved().time().truncatedTo(ChronoUnit.SECONDS));
            tell(restoration, words.get(), state.file(), source);
            return new EarlyState(options, source, restoration, alone, words);
        } catch (IOException noClock) {
            tellIgnored(state.file(), "this system does not tell its boot: " + noClock, source);
        } catch (UnusableStateException unusable) {
            tellIgnored(state.file(), String.valueOf(unusable.getMessage()), source);
        }
        return nothing(options, source, alone);
    }

    private static EarlyState nothing(AgentOptions options, ClusterSource source, boolean alone) {
        return new EarlyState(options, source, new Restoration.Nothing(""), alone, () -> "nothing is served yet");
    }

    /** The own Node, as far as a state file tells that is young enough to be served. */
    static Optional<NodeRecord> node(AgentOptions options, ClusterSource source) {
        return everything(options, source)
                .flatMap(everything -> everything.state().cluster().node());
    }

    /** What is in a file that is young enough to be served; quiet where there is none. */
    private static Optional<Restoration.Everything> everything(AgentOptions options, ClusterSource source) {
        try {
            Optional<Path> folder = options.handOver().stateDir();
            Optional<SavedState> saved = folder.isPresent() ? new StateFolder(folder.get()).read() : Optional.empty();
            return saved.isPresent()
                            && Restoration.of(
                                            saved.get(),
                                            origin(options, source),
                                            BootClock.system().now())
                                    instanceof Restoration.Everything everything
                    ? Optional.of(everything)
                    : Optional.empty();
        } catch (IOException | UnusableStateException unusable) {
            LOG.debug("the state file is not used", unusable);
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
        Restoration now = restoration;
        restoration = new Restoration.Nothing("");
        return switch (now) {
            case Restoration.Nothing nothing ->
                alone
                        ? syncer
                        // As late as can be, since the other process goes on with its clients until then.
                        : new FirstLists(
                                syncer,
                                NOTHING,
                                () -> everything(options, source)
                                        .ifPresent(everything -> dataPlane.takeOver(everything.clients())));
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
        if (cluster.services().isEmpty()) {
            return new FirstLists(syncer, cluster, onSynced);
        }
        syncer.serveEarly(cluster.events());
        return new FirstLists(syncer, cluster, () -> {
            LOG.info("the source has told everything, and that counts from now on, instead of the state file");
            onSynced.run();
        });
    }

    /** What is served before the source has told everything, in a clause for people. Thread-safe. */
    String words() {
        return words.get();
    }

    /** Does not hold on to what was read. */
    private static Supplier<String> words(Restoration restoration, String file) {
        return switch (restoration) {
            case Restoration.Nothing nothing -> () -> "nothing is served yet";
            case Restoration.WayToApiServer way -> {
                String words = way.cluster().services().isEmpty()
                        ? "nothing is served yet"
                        : "only " + Restoration.API_SERVER + " is served, from " + file;
                yield () -> words;
            }
            case Restoration.Everything everything -> {
                long savedNanos = Ticker.system().nanos() - everything.age().toNanos();
                yield () -> "what is served is from " + file + ", which is "
                        + Duration.ofNanos(Ticker.system().nanos() - savedNanos).toSeconds() + " s old";
            }
        };
    }

    private static void tell(Restoration restoration, String words, Path path, ClusterSource source) {
        switch (restoration) {
            case Restoration.Nothing(String reason) -> tellIgnored(path, reason, source);
            case Restoration.WayToApiServer(var cluster, String reason, var clients) ->
                LOG.info(
                        "--state-dir: until {} has told everything, {}: {}: {}",
                        source.description(),
                        words,
                        path,
                        reason);
            case Restoration.Everything everything ->
                LOG.info(
                        "--state-dir: until {} has told everything, {}: services={} slices={}",
                        source.description(),
                        words,
                        everything.state().cluster().services().size(),
                        everything.state().cluster().slices().size());
        }
    }

    private static void tellIgnored(Path file, String reason, ClusterSource source) {
        LOG.warn(
                "--state-dir: {} is ignored: {}; nothing is served before {} has told everything",
                file,
                reason,
                source.description());
    }
}
