package io.kubeferry.agent.testing;

import io.fabric8.kubernetes.api.model.HasMetadata;
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
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/**
 * As much of an API server as a list and a watch need: objects with versions and a history, bookmarks, WebSockets, and
 * misbehaviour on demand. Thread-safe. Selectors are recorded, not applied.
 */
public final class FakeApiServer implements AutoCloseable {
    private final FakeObjects objects = new FakeObjects();
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
            }
            objects.endWatches();
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
    public void put(String resource, HasMetadata object) {
        objects.put(resource, object);
    }

    /** Deletes an object. */
    public void delete(String resource, String namespace, String name) {
        objects.delete(resource, namespace, name);
    }

    /** Forgets all history: a watch from an old version is answered 410. */
    public void compact() {
        objects.forgetHistory();
    }

    /** Sends a bookmark with the newest version to every watch of {@code resource}. */
    public void bookmark(String resource, String apiVersion, String kind) {
        objects.bookmark(resource, apiVersion, kind);
    }

    /** Ends every watch in an orderly way, as a server does when the time of a watch is over. */
    public void endWatches() {
        objects.endWatches();
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
                epoch = objects.watchEpoch();
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
                Optional<String> node = objects.get("nodes", resource);
                request.respond(node.isPresent() ? 200 : 404, node.orElseGet(() -> status(404, "nodes")));
            } else if (!query.containsKey("watch")) {
                request.respond(200, objects.list(resource));
            } else {
                watch(request.openWatch(), resource, Long.parseLong(query.get("resourceVersion")), epoch);
            }
        } catch (IOException | InterruptedException e) {
            // the client went, or we were stopped
        }
    }

    private void watch(FakeWatch watch, String resource, long since, long epoch)
            throws IOException, InterruptedException {
        if (!objects.hasHistorySince(since)) {
            watch.send("{\"type\":\"ERROR\",\"object\":" + status(410, resource) + "}");
            watch.close();
            return;
        }
        long sent = since;
        Optional<List<FakeObjects.Change>> next = objects.awaitChanges(resource, sent, epoch);
        while (next.isPresent()) {
            for (FakeObjects.Change change : next.get()) {
                watch.send(change.event());
                sent = change.version();
            }
            next = objects.awaitChanges(resource, sent, epoch);
        }
        watch.close();
    }

    private static String status(int code, String resource) {
        String message = code == 403
                ? resource + " is forbidden: User \\\"jane\\\" cannot list resource \\\"" + resource + "\\\""
                : "status " + code;
        return "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"code\":" + code + ",\"message\":\""
                + message + "\"}";
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
