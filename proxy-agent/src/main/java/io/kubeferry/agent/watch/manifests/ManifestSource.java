package io.kubeferry.agent.watch.manifests;

import io.kubeferry.agent.state.ClusterEvent;
import io.kubeferry.agent.translate.WatchFilter;
import io.kubeferry.agent.watch.ClusterListener;
import io.kubeferry.agent.watch.ClusterSource;
import io.kubeferry.agent.watch.NodeAnswer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Services, EndpointSlices and the own Node from a folder of manifests ({@code --manifests DIR}): every
 * {@code *.yaml}, {@code *.yml} and {@code *.json} in it, not in folders below.
 *
 * <p>The folder is looked at again and again instead of being watched through the operating system: that sees every way
 * of changing it (in place, by renaming, through links, on network and overlay file systems, removed and made again), and
 * a look costs a few microseconds a file.
 *
 * <p>Threading: as {@link ClusterSource} says; events arrive on one thread of its own.
 */
public final class ManifestSource implements ClusterSource {
    private static final Logger LOG = LoggerFactory.getLogger(ManifestSource.class);

    /** A change is taken at the second look that sees it, hence within half a second. */
    private static final Duration PAUSE = Duration.ofMillis(200);

    /** So that a large folder costs a tenth of one core, as long as that leaves a change to be seen within a second. */
    private static final int PAUSE_PER_LOOK = 9;

    private static final Duration LONGEST_PAUSE = Duration.ofMillis(400);

    private static final Pattern SPEAKS_OF_A_NODE = Pattern.compile("\\bNode(List)?\\b");

    private final Path path;
    private final InstantSource clock;
    private final ManifestFolder folder;
    private final ManifestReader reader;
    private final ManifestLog log;
    private final TreeMap<String, Map<ManifestKey, ClusterEvent>> files = new TreeMap<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private FolderContent content = FolderContent.EMPTY;
    /** Set by the first look that finds the folder. */
    private @Nullable SettledFiles settled;
    /** Set by {@link #start}. */
    private @Nullable Thread thread;

    /**
     * A source that is not started yet.
     *
     * @param folder need not exist yet
     * @param nodeName the own node, whose Node object is the only one of interest
     * @param serviceProxyName {@code --service-proxy-name}
     */
    public ManifestSource(Path folder, String nodeName, Optional<String> serviceProxyName) {
        path = folder;
        clock = InstantSource.system();
        this.folder = new ManifestFolder(folder, clock);
        reader = new ManifestReader(nodeName, new WatchFilter(serviceProxyName));
        log = new ManifestLog(folder);
    }

    /** Loads what objects are read with, which takes long. Who reads before it is done waits for what it needs. */
    public static void prepare() {
        ObjectReader.prepare();
    }

    @Override
    public void start(ClusterListener listener) {
        thread = Thread.ofPlatform().daemon().name("manifests").start(() -> run(listener));
    }

    @Override
    public NodeAnswer findNode(Duration patience) {
        ManifestFolder once = new ManifestFolder(path, clock);
        return switch (once.look()) {
            case ManifestFolder.Look.NoFolder(String reason) -> new NodeAnswer.Unknown(path + " " + reason);
            case ManifestFolder.Look.Found(Map<String, String> fingerprints) ->
                objects(once, fingerprints.keySet()).values().stream()
                        .flatMap(event -> event instanceof ClusterEvent.NodeApplied applied
                                ? Stream.<NodeAnswer>of(new NodeAnswer.Found(applied.node()))
                                : Stream.empty())
                        .findFirst()
                        .orElseGet(NodeAnswer.Missing::new);
        };
    }

    /**
     * What those of {@code names} that speak of a Node hold together: a folder may hold thousands of Services, which the
     * first look reads soon enough. What cannot be read is told by {@link #look}.
     */
    private Map<ManifestKey, ClusterEvent> objects(ManifestFolder once, Collection<String> names) {
        TreeMap<String, Map<ManifestKey, ClusterEvent>> readable = new TreeMap<>();
        for (String name : names) {
            try {
                String text = once.read(name);
                if (SPEAKS_OF_A_NODE.matcher(text).find()) {
                    readable.put(name, reader.read(text).objects());
                }
            } catch (UnreadableManifestException told) {
                readable.remove(name);
            }
        }
        return FolderContent.merge(readable).objects();
    }

    @Override
    public String description() {
        return "manifests in " + path;
    }

    @Override
    public List<String> problems() {
        return log.standing();
    }

    @Override
    public void close() {
        closed.countDown();
        Thread running = thread;
        if (running == null || running.equals(Thread.currentThread())) {
            return;
        }
        try {
            running.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run(ClusterListener listener) {
        long lookMillis;
        do {
            long begun = clock.millis();
            try {
                look(listener);
            } catch (RuntimeException e) {
                // A bug, here or in the listener. The next change of the folder is still worth trying.
                LOG.error("manifests could not be taken over: folder={} problem={}", path, e, e);
            }
            lookMillis = clock.millis() - begun;
        } while (!closedWithin(pauseAfter(Duration.ofMillis(lookMillis))));
    }

    static Duration pauseAfter(Duration look) {
        long fairMillis = look.multipliedBy(PAUSE_PER_LOOK).toMillis();
        return Duration.ofMillis(Math.clamp(fairMillis, PAUSE.toMillis(), LONGEST_PAUSE.toMillis()));
    }

    private boolean closedWithin(Duration pause) {
        try {
            return closed.await(pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            return true;
        }
    }

    private void look(ClusterListener listener) {
        switch (folder.look()) {
            case ManifestFolder.Look.NoFolder(String reason) -> log.folderMissing(reason);
            case ManifestFolder.Look.Found(Map<String, String> fingerprints) -> {
                log.folderFound();
                SettledFiles known = settled;
                if (known == null) {
                    take(fingerprints.keySet(), fingerprints, listener);
                    settled = new SettledFiles(fingerprints);
                    listener.onSynced();
                } else {
                    take(known.look(fingerprints), fingerprints, listener);
                }
            }
        }
    }

    private void take(Collection<String> changed, Map<String, String> present, ClusterListener listener) {
        if (changed.isEmpty()) {
            return;
        }
        for (String file : changed) {
            if (present.containsKey(file)) {
                read(file);
            } else {
                files.remove(file);
                log.removed(file);
            }
        }
        FolderContent previous = content;
        content = FolderContent.merge(files);
        log.conflicts(content.conflicts());
        listener.onEvents(content.changesSince(previous));
    }

    private void read(String file) {
        try {
            ParsedManifest manifest = reader.read(folder.read(file));
            files.merge(file, manifest.objects(), (before, after) -> manifest.objectsAfter(before));
            log.read(file, manifest.problems());
            log.repeats(file, manifest.repeats());
            log.ignored(file, manifest.otherKinds());
        } catch (UnreadableManifestException e) {
            // What the file said before stays in force.
            log.read(file, List.of(e.getMessage()));
        }
    }
}
