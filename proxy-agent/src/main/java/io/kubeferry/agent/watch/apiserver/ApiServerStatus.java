package io.kubeferry.agent.watch.apiserver;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows from every request whether the API server can be used, and says so once when that changes. Thread-safe.
 *
 * <p>The server is lost while any of the lists and watches fails. What it forbids is another matter, told once for each
 * list or watch: the others go on.
 */
final class ApiServerStatus implements HttpObserver, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ApiServerSource.class);
    private static final int SWITCHING_PROTOCOLS = 101;
    private static final int FORBIDDEN = 403;
    private static final Set<Integer> NO_WEB_SOCKET = Set.of(200, 503);

    private final String server;
    private final InstantSource clock;
    private final Set<WatchedPath> failing = new HashSet<>();
    private final Set<String> reasonsTold = new HashSet<>();
    private final Map<WatchedPath, String> forbidden = new HashMap<>();
    private Instant lostSince = Instant.EPOCH;
    private boolean closed;

    ApiServerStatus(String server, InstantSource clock) {
        this.server = server;
        this.clock = clock;
    }

    @Override
    public void answered(String method, URI uri, int status, Duration duration) {
        Optional<WatchedPath> path = WatchedPath.of(uri);
        if (!method.equals("GET") || path.isEmpty()) {
            return;
        }
        boolean webSocket = "ws".equals(uri.getScheme()) || "wss".equals(uri.getScheme());
        if (webSocket && NO_WEB_SOCKET.contains(status)) {
            // A proxy that knows no WebSockets; fabric8 watches by plain HTTP then, and that answer counts.
            return;
        }
        if (status == ApiServerSource.BAD_REQUEST
                && String.valueOf(uri.getQuery()).contains(ApiServerSource.CLUSTER_IP_FIELD)) {
            // An older server, which is asked again in words that it knows.
            return;
        }
        if (status == 200 || status == SWITCHING_PROTOCOLS) {
            succeeded(path.get());
        } else if (status == FORBIDDEN) {
            // Of a list, denied(String) tells more: its answer has a body that names the user.
            works(path.get());
            if (path.get().verb().equals("watch")) {
                denied(path.get(), path.get() + " is forbidden");
            }
        } else {
            lost(path.get(), FailureWords.status(status));
        }
    }

    @Override
    public void failed(String method, URI uri, Throwable failure, Duration duration) {
        if (method.equals("GET")) {
            WatchedPath.of(uri).ifPresent(path -> lost(path, FailureWords.failure(failure)));
        }
    }

    /** What is wrong now, in sentences for people. */
    synchronized List<String> problems() {
        List<String> problems = new ArrayList<>();
        if (!failing.isEmpty()) {
            problems.add("API server cannot be used since " + lostSince.truncatedTo(ChronoUnit.SECONDS) + ": "
                    + String.join(", ", reasonsTold) + "; the last known state stays in force");
        }
        forbidden.forEach((path, words) -> problems.add("API server forbids to " + path + ": " + words));
        return problems;
    }

    /** Requests that end from now on do so because we end: that is nobody's trouble. */
    @Override
    public synchronized void close() {
        closed = true;
    }

    /** The server's own words for why it forbids {@code path}. */
    synchronized void denied(WatchedPath path, String words) {
        if (!closed && !words.equals(forbidden.put(path, words))) {
            LOG.warn("API server forbids to {}; asking again until it allows it: {}", path, words);
        }
    }

    private synchronized void succeeded(WatchedPath path) {
        works(path);
        if (forbidden.remove(path) != null) {
            LOG.info("API server now allows to {}", path);
        }
    }

    private synchronized void works(WatchedPath path) {
        if (failing.remove(path) && failing.isEmpty()) {
            reasonsTold.clear();
            LOG.info(
                    "API server is back: server={} outageSeconds={}",
                    server,
                    Duration.between(lostSince, clock.instant()).toSeconds());
        }
    }

    private synchronized void lost(WatchedPath path, String reason) {
        if (closed) {
            return;
        }
        if (failing.isEmpty()) {
            lostSince = clock.instant();
        }
        failing.add(path);
        // Usually one; a restart may go from refused to not ready. A set of told ones keeps retries from adding lines.
        if (reasonsTold.add(reason)) {
            LOG.warn(
                    "API server cannot be used: {}; retrying, the last known state stays in force: server={}",
                    reason,
                    server);
        }
    }
}
