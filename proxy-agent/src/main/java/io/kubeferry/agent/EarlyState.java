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
import io.kubeferry.core.observe.Ticker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is served from a state file until the source has told everything. The log has a sentence about what becomes of the
 * file.
 *
 * <p>Where another process is at work on this host and this one is to take over from it, nothing is served early: the other
 * one serves, and may know more than its file does. Session affinity is then read when this process takes over. If the other
 * one goes before this one has heard from the source, its file is all there is, and is served then.
 *
 * <p>Threading: main thread, but for {@link #words}.
 */
final class EarlyState implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EarlyState.class);
    private static final ClusterContents NOTHING =
            new ClusterContents(Optional.empty(), List.of(), List.of(), Map.of());

    private final AgentOptions options;
    private final ClusterSource source;
    private final BooleanSupplier alone;
    /** Handed over by {@link #startOn}, so that it does not fill the memory for ever. Empty where another process serves. */
    private Optional<Restoration> restoration;

    private Optional<Heir> heir = Optional.empty();
    private volatile Supplier<String> words;

    private EarlyState(AgentOptions options, ClusterSource source, BooleanSupplier alone, Optional<Found> found) {
        this.options = options;
        this.source = source;
        this.alone = alone;
        this.restoration = found.map(Found::restoration);
        this.words = found.map(Found::words).orElse(EarlyState::nothingServed);
    }

    /**
     * What the folder that {@code options} name holds for an agent of {@code source}.
     *
     * @param alone whether no other process is there to do the work
     */
    static EarlyState read(AgentOptions options, ClusterSource source, BooleanSupplier alone) {
        return new EarlyState(
                options, source, alone, alone.getAsBoolean() ? Optional.of(find(options, source)) : Optional.empty());
    }

    /** What can be served, and that in words. */
    private record Found(Restoration restoration, Supplier<String> words) {
        static final Found NOTHING = new Found(new Restoration.Nothing(""), EarlyState::nothingServed);
    }

    private static Found find(AgentOptions options, ClusterSource source) {
        Optional<Path> folder = options.handOver().stateDir();
        if (folder.isEmpty()) {
            return Found.NOTHING;
        }
        StateFolder state = new StateFolder(folder.get());
        long began = Ticker.system().nanos();
        try {
            Optional<SavedState> saved = state.read();
            if (saved.isEmpty()) {
                LOG.info("--state-dir: there is no state file yet: {}", state.file());
                return Found.NOTHING;
            }
            LOG.debug("the state file was read micros={}", (Ticker.system().nanos() - began) / 1_000);
            Restoration restoration = Restoration.of(
                    saved.get(), origin(options, source), BootClock.system().now());
            Supplier<String> words = words(
                    restoration,
                    "the state file " + state.file() + " of "
                            + saved.get().saved().time().truncatedTo(ChronoUnit.SECONDS));
            tell(restoration, words.get(), state.file(), source);
            return new Found(restoration, words);
        } catch (IOException noClock) {
            tellIgnored(state.file(), "this system does not tell its boot: " + noClock, source);
        } catch (UnusableStateException unusable) {
            tellIgnored(state.file(), String.valueOf(unusable.getMessage()), source);
        }
        return Found.NOTHING;
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
        if (restoration.isEmpty()) {
            return awaitTakeover(syncer, dataPlane);
        }
        Restoration now = restoration.get();
        restoration = Optional.of(new Restoration.Nothing(""));
        ClusterContents left = left(now);
        takeOverClients(now, dataPlane);
        if (!left.services().isEmpty()) {
            syncer.serveEarly(left.events());
        }
        return now instanceof Restoration.Nothing
                ? syncer
                : new FirstLists(syncer, left, () -> sourceCounts(now, left, dataPlane));
    }

    private ClusterListener awaitTakeover(Syncer syncer, DataPlane dataPlane) {
        // As late as can be, since the other process goes on with its clients until then.
        FirstLists lists = new FirstLists(
                syncer,
                NOTHING,
                () -> everything(options, source).ifPresent(everything -> dataPlane.takeOver(everything.clients())));
        if (options.handOver().stateDir().isPresent()) {
            Heir waiting = new Heir(lists::isSynced, alone, () -> inherit(lists, syncer, dataPlane));
            heir = Optional.of(waiting);
            waiting.start();
        }
        return lists;
    }

    private void inherit(FirstLists lists, Syncer syncer, DataPlane dataPlane) {
        LOG.warn(
                "the kubeferry of this host that this one was to follow has ended before {} has told everything",
                source.description());
        Found found = find(options, source);
        Restoration now = found.restoration();
        ClusterContents left = left(now);
        lists.adopt(
                left,
                events -> {
                    words = found.words();
                    takeOverClients(now, dataPlane);
                    if (!left.services().isEmpty()) {
                        syncer.serveEarly(events);
                    }
                },
                () -> sourceCounts(now, left, dataPlane));
    }

    private static ClusterContents left(Restoration restoration) {
        return switch (restoration) {
            case Restoration.Nothing nothing -> NOTHING;
            case Restoration.Everything everything -> everything.state().cluster();
            case Restoration.WayToApiServer way -> way.cluster();
        };
    }

    private static void takeOverClients(Restoration restoration, DataPlane dataPlane) {
        if (restoration instanceof Restoration.Everything everything) {
            dataPlane.takeOver(everything.clients());
        }
    }

    private static void sourceCounts(Restoration restoration, ClusterContents left, DataPlane dataPlane) {
        if (!left.services().isEmpty()) {
            LOG.info("the source has told everything, and that counts from now on, instead of the state file");
        }
        if (restoration instanceof Restoration.WayToApiServer way) {
            // The plan that has the Services of these clients is the first one of the source.
            dataPlane.takeOver(way.clients());
        }
    }

    /** What is served before the source has told everything, in a clause for people. Thread-safe. */
    String words() {
        return words.get();
    }

    /** Waits no more for another process to go. */
    @Override
    public void close() {
        heir.ifPresent(Heir::close);
    }

    private static String nothingServed() {
        return "nothing is served yet";
    }

    /** Does not hold on to what was read. */
    private static Supplier<String> words(Restoration restoration, String file) {
        return switch (restoration) {
            case Restoration.Nothing nothing -> EarlyState::nothingServed;
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
