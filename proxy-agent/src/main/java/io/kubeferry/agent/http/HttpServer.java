package io.kubeferry.agent.http;

import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One site on one or more addresses. Thread-safe; not to be opened or closed on an event loop.
 *
 * <p>HTTP/1.1, answers of known length, no TLS: for probes, scrapers and people, not for load.
 */
public final class HttpServer implements AutoCloseable {
    /** How often kube-proxy tries again to bind an address. */
    public static final Duration RETRY_EVERY = Duration.ofSeconds(5);

    private final ChannelGroup connections;
    private final List<ListeningAddress> addresses;

    private HttpServer(HttpThreads threads, HttpSite site, List<InetSocketAddress> wanted) {
        connections = new DefaultChannelGroup(threads.eventLoop(), true);
        ConnectionInitializer initializer = new ConnectionInitializer(site, threads.worker(), connections);
        addresses = wanted.stream()
                .map(address -> new ListeningAddress(site.name(), address, threads, initializer))
                .toList();
    }

    /**
     * Listens on all of {@code wanted}, or on none of them.
     *
     * @throws HttpBindException for the first address that cannot be had
     */
    public static HttpServer bind(HttpThreads threads, HttpSite site, List<InetSocketAddress> wanted)
            throws HttpBindException {
        HttpServer server = new HttpServer(threads, site, wanted);
        try {
            for (ListeningAddress address : server.addresses) {
                address.bind();
            }
            return server;
        } catch (HttpBindException e) {
            server.close();
            throw e;
        }
    }

    /** Listens on each of {@code wanted} as soon as it can be had, and logs which cannot. Every address is tried once before this returns. */
    public static HttpServer bindSometime(
            HttpThreads threads, HttpSite site, List<InetSocketAddress> wanted, Duration retryEvery) {
        return bindSometime(threads, site, wanted, retryEvery, told -> {});
    }

    /** The same; {@code trouble} hears what the log says of addresses that cannot be had. It must not block. */
    public static HttpServer bindSometime(
            HttpThreads threads,
            HttpSite site,
            List<InetSocketAddress> wanted,
            Duration retryEvery,
            Consumer<HttpBindException> trouble) {
        HttpServer server = new HttpServer(threads, site, wanted);
        server.addresses.forEach(address -> address.bindSometime(retryEvery, trouble));
        return server;
    }

    /** The addresses that are listening, with their real ports. */
    public List<InetSocketAddress> boundAddresses() {
        return addresses.stream()
                .map(ListeningAddress::bound)
                .flatMap(Optional::stream)
                .toList();
    }

    /** Closes the connections too. The addresses are free when this returns. */
    @Override
    public void close() {
        addresses.forEach(ListeningAddress::close);
        connections.close().awaitUninterruptibly();
    }

    /** {@code 127.0.0.1:80} or {@code [::1]:80}. */
    static String format(InetSocketAddress address) {
        return NetUtil.toSocketAddressString(address);
    }
}
