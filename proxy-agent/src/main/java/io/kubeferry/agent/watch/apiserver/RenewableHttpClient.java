package io.kubeferry.agent.watch.apiserver;

import java.net.http.HttpClient;
import java.util.ArrayList;
import java.util.List;

/**
 * The JDK's HTTP client, made anew when certificates were renewed: a server judges a connection by the certificate that it
 * began with, so that connections which are kept alive would be of no use once that one has expired. Requests that are under
 * way end on the client that they began on. Thread-safe.
 */
final class RenewableHttpClient {
    private final HttpClient.Builder builder;
    private final TlsFiles tls;
    private final List<HttpClient> former = new ArrayList<>();
    private HttpClient current;
    private int generation;

    RenewableHttpClient(HttpClient.Builder builder, TlsFiles tls) {
        this.builder = builder;
        this.tls = tls;
        this.generation = tls.newest().number();
        this.current = builder.build();
    }

    /** The client for the next request. */
    synchronized HttpClient current() {
        TlsFiles.Generation newest = tls.newest();
        if (newest.number() != generation) {
            generation = newest.number();
            former.removeIf(HttpClient::isTerminated);
            former.add(current);
            current.shutdown();
            newest.context().ifPresent(builder::sslContext);
            current = builder.build();
        }
        return current;
    }

    /** Ends all connections. */
    synchronized void shutdownNow() {
        former.forEach(HttpClient::shutdownNow);
        current.shutdownNow();
    }
}
