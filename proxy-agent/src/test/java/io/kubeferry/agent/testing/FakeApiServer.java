package io.kubeferry.agent.testing;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/**
 * As much of an API server as a list and a watch need: versions, history that can be forgotten, bookmarks, WebSockets, and
 * misbehaviour on demand. Thread-safe. Selectors are recorded, not applied.
 */
public final class FakeApiServer implements AutoCloseable {
    private record Change(long version, String resource, String type, String json) {}

    private final Map<String, Map<String, HasMetadata>> objects = new HashMap<>();
    private final List<Change> history = new ArrayList<>();
    private final List<String> requests = new ArrayList<>();
    private final List<String> posted = new ArrayList<>();
    private final Map<String, Integer> refusals = new ConcurrentHashMap<>();
    private final List<Socket> sockets = new ArrayList<>();
    private final Set<String> held = ConcurrentHashMap.newKeySet();
    private final List<String> callers = new ArrayList<>();
    private final InetAddress address;
    private final int port;
    /** Empty where it speaks plain HTTP. */
    private Optional<SSLContext> tls;

    private long version = 100;
    private long oldestVersion = 100;
    private long watchEpoch;
    private ServerSocket listening;
    private Thread accepting;

    /** A server that listens on a loopback port of its own choice. */
    public FakeApiServer() {
        this(InetAddress.getLoopbackAddress(), Optional.empty());
    }

    /** A server that listens on a port of its own choice of {@code address}, for clients that do not reach loopback. */
    public FakeApiServer(InetAddress address) {
        this(address, Optional.empty());
    }

    /** A server on loopback with TLS, if there is one, and a client certificate from all who come then. */
    public FakeApiServer(Optional<SSLContext> tls) {
        this(InetAddress.getLoopbackAddress(), tls);
    }

    private FakeApiServer(InetAddress address, Optional<SSLContext> tls) {
        this.address = address;
        this.tls = tls;
        try {
            listening = listen(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        port = listening.getLocalPort();
        accepting = serve(listening);
    }

    private ServerSocket listen(int atPort) throws IOException {
        ServerSocket server = tls.isEmpty()
                ? new ServerSocket()
                : tls.get().getServerSocketFactory().createServerSocket();
        if (server instanceof SSLServerSocket secured) {
            secured.setNeedClientAuth(true);
        }
        server.setReuseAddress(true);
        server.bind(new InetSocketAddress(address, atPort));
        return server;
    }

    /** Its URL, the same before and after a restart. */
    public String url() {
        return (tls.isEmpty() ? "http" : "https") + "://" + address.getHostAddress() + ":" + port;
    }

    /** Goes away: connections end, new ones are refused. What it knows is kept. */
    public void stop() {
        try {
            synchronized (this) {
                listening.close();
                for (Socket socket : sockets) {
                    socket.close();
                }
                sockets.clear();
                watchEpoch++;
                notifyAll();
            }
            // The port is free only when the thread that accepts has noticed.
            accepting.join();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted while stopping", e);
        }
    }

    /** Comes back after {@link #stop}. */
    public synchronized void startAgain() {
        try {
            listening = listen(port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        accepting = serve(listening);
    }

    /** The same, with other certificates. */
    public synchronized void startAgain(SSLContext renewed) {
        tls = Optional.of(renewed);
        startAgain();
    }

    @Override
    public void close() {
        stop();
    }

    /** Creates or replaces {@code object} of {@code resource} (services, endpointslices, nodes). */
    public synchronized void put(String resource, HasMetadata object) {
        object.getMetadata().setResourceVersion(Long.toString(++version));
        boolean known = kind(resource).put(key(object), object) != null;
        history.add(new Change(version, resource, known ? "MODIFIED" : "ADDED", Serialization.asJson(object)));
        notifyAll();
    }

    /** Deletes an object. */
    public synchronized void delete(String resource, String namespace, String name) {
        HasMetadata object = kind(resource).remove(namespace + "/" + name);
        object.getMetadata().setResourceVersion(Long.toString(++version));
        history.add(new Change(version, resource, "DELETED", Serialization.asJson(object)));
        notifyAll();
    }

    /** Forgets all history: a watch from an old version is answered 410. */
    public synchronized void compact() {
        history.clear();
        oldestVersion = ++version;
    }

    /** Sends a bookmark with the newest version to every watch of {@code resource}. */
    public synchronized void bookmark(String resource, String apiVersion, String kind) {
        history.add(new Change(
                ++version,
                resource,
                "BOOKMARK",
                "{\"apiVersion\":\"%s\",\"kind\":\"%s\",\"metadata\":{\"resourceVersion\":\"%d\"}}"
                        .formatted(apiVersion, kind, version)));
        notifyAll();
    }

    /** Ends every watch in an orderly way, as a server does when the time of a watch is over. */
    public synchronized void endWatches() {
        watchEpoch++;
        notifyAll();
    }

    /** Answers requests whose line contains {@code part} with {@code status} from now on. */
    public void refuse(String part, int status) {
        refusals.put(part, status);
    }

    /** Answers requests whose line contains {@code part} not before {@link #release}. */
    public void hold(String part) {
        held.add(part);
    }

    /** Takes every {@link #hold} back. */
    public synchronized void release() {
        held.clear();
        notifyAll();
    }

    /** The subjects of the certificates that clients have shown, one for each request. */
    public synchronized List<String> callers() {
        return List.copyOf(callers);
    }

    /** Takes {@link #refuse} back. */
    public void allow(String part) {
        refusals.remove(part);
    }

    /** Every request so far: {@code list /api/v1/services?…} or {@code watch …}. */
    public synchronized List<String> requests() {
        return List.copyOf(requests);
    }

    /** The bodies of all that was to be created. */
    public synchronized List<String> posted() {
        return List.copyOf(posted);
    }

    private Thread serve(ServerSocket server) {
        return Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    Socket socket = server.accept();
                    synchronized (this) {
                        if (server.isClosed()) {
                            socket.close();
                            return;
                        }
                        sockets.add(socket);
                    }
                    Thread.ofVirtual().start(() -> answer(socket));
                }
            } catch (IOException e) {
                // stopped
            }
        });
    }

    private void answer(Socket socket) {
        try (socket) {
            FakeHttpRequest request = FakeHttpRequest.read(socket);
            if (socket instanceof SSLSocket secured) {
                String caller = secured.getSession().getPeerPrincipal().getName();
                synchronized (this) {
                    callers.add(caller);
                }
            }
            URI uri = URI.create(request.target());
            Map<String, String> query = query(uri);
            String line = (query.containsKey("watch")
                            ? "watch "
                            : request.method().equals("GET") ? "list " : request.method() + " ")
                    + uri.getPath() + "?" + uri.getQuery();
            long epoch;
            synchronized (this) {
                // Together: whoever has seen the request can end the watch that it is going to be.
                requests.add(line);
                epoch = watchEpoch;
                notifyAll();
            }
            synchronized (this) {
                while (held.stream().anyMatch(line::contains)) {
                    wait();
                }
            }
            Integer refusal = refusals.entrySet().stream()
                    .filter(entry -> line.contains(entry.getKey()))
                    .map(Map.Entry::getValue)
                    .findFirst()
                    .orElse(null);
            String[] segments = uri.getPath().split("/");
            String resource = segments[segments.length - 1];
            if (refusal != null) {
                request.respond(refusal, status(refusal, resource));
            } else if (request.method().equals("POST")) {
                synchronized (this) {
                    posted.add(request.body());
                }
                request.respond(201, request.body());
            } else if (segments[segments.length - 2].equals("nodes")) {
                String found = get("nodes", resource);
                request.respond(found.isEmpty() ? 404 : 200, found.isEmpty() ? status(404, "nodes") : found);
            } else if (!query.containsKey("watch")) {
                request.respond(200, list(resource));
            } else {
                watch(request.openWatch(), resource, Long.parseLong(query.get("resourceVersion")), epoch);
            }
        } catch (IOException | InterruptedException e) {
            // the client went, or we were stopped
        }
    }

    private void watch(FakeWatch watch, String resource, long since, long epoch)
            throws IOException, InterruptedException {
        long sent = since;
        boolean gone;
        synchronized (this) {
            gone = since < oldestVersion;
        }
        if (gone) {
            watch.send("{\"type\":\"ERROR\",\"object\":" + status(410, resource) + "}");
            watch.close();
            return;
        }
        while (true) {
            List<Change> next;
            synchronized (this) {
                long from = sent;
                while (true) {
                    next = history.stream()
                            .filter(change -> change.resource.equals(resource) && change.version > from)
                            .toList();
                    if (!next.isEmpty() || epoch != watchEpoch) {
                        break;
                    }
                    wait();
                }
                if (epoch != watchEpoch) {
                    watch.close();
                    return;
                }
            }
            for (Change change : next) {
                watch.send("{\"type\":\"" + change.type + "\",\"object\":" + change.json + "}");
                sent = change.version;
            }
        }
    }

    private synchronized String list(String resource) {
        return kind(resource).values().stream()
                .map(Serialization::asJson)
                .collect(Collectors.joining(
                        ",", "{\"metadata\":{\"resourceVersion\":\"" + version + "\"},\"items\":[", "]}"));
    }

    /** Empty if there is none. */
    private synchronized String get(String resource, String name) {
        return kind(resource).values().stream()
                .filter(object -> object.getMetadata().getName().equals(name))
                .map(Serialization::asJson)
                .findFirst()
                .orElse("");
    }

    private static String status(int code, String resource) {
        String message = code == 403
                ? resource + " is forbidden: User \\\"jane\\\" cannot list resource \\\"" + resource + "\\\""
                : "status " + code;
        return "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"code\":" + code + ",\"message\":\""
                + message + "\"}";
    }

    private Map<String, HasMetadata> kind(String resource) {
        return objects.computeIfAbsent(resource, _ -> new TreeMap<>());
    }

    private static String key(HasMetadata object) {
        return object.getMetadata().getNamespace() + "/" + object.getMetadata().getName();
    }

    private static Map<String, String> query(URI uri) {
        Map<String, String> query = new HashMap<>();
        for (String pair : String.valueOf(uri.getQuery()).split("&")) {
            String[] parts = pair.split("=", 2);
            query.put(parts[0], parts.length == 2 ? parts[1] : "");
        }
        return query;
    }
}
