package io.kubeferry.agent.demo;

import io.kubeferry.agent.http.HttpBindException;
import io.kubeferry.agent.http.HttpReply;
import io.kubeferry.agent.http.HttpRoute;
import io.kubeferry.agent.http.HttpRoutes;
import io.kubeferry.agent.http.HttpServer;
import io.kubeferry.agent.http.HttpSite;
import io.kubeferry.agent.http.HttpThreads;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/** Small HTTP servers on loopback that answer with their name: the demo's pods. Main thread only. */
final class DemoBackends implements AutoCloseable {
    private final HttpThreads threads = new HttpThreads();
    private final List<DemoBackend> backends = new ArrayList<>();

    /** One of the backends: what it answers and where it listens. */
    record DemoBackend(String name, int port) {}

    /** Starts a backend for each of {@code names}. */
    DemoBackends(List<String> names) throws HttpBindException {
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        for (String name : names) {
            HttpRoutes routes = HttpRoutes.everyPath(HttpRoute.anyMethod(call -> HttpReply.text(200, name + "\n")));
            HttpServer server = HttpServer.bind(threads, HttpSite.of(name, routes), List.of(anyPort));
            backends.add(
                    new DemoBackend(name, server.boundAddresses().getFirst().getPort()));
        }
    }

    List<DemoBackend> all() {
        return List.copyOf(backends);
    }

    @Override
    public void close() {
        threads.close();
    }
}
