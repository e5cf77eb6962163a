package io.kubeferry.agent.watch.apiserver;

import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientImpl;
import java.net.http.HttpClient;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ScheduledExecutorService;

/**
 * Makes fabric8 use {@link ObservedHttpClient}s. Thread-safe.
 *
 * <p>fabric8's interceptors would not do: they hear of no failure unless fabric8 itself retries the request, and cannot
 * reach the frames of a watch.
 */
final class ObservedHttpClientFactory extends JdkHttpClientFactory {
    private final HttpObserver observer;
    private final ScheduledExecutorService timer;
    private final TlsFiles tls;
    private final Queue<HttpClient> clients = new ConcurrentLinkedQueue<>();

    /**
     * A factory.
     *
     * @param timer sends pings; not closed here
     * @param tls what connections are made with, once it was renewed
     */
    ObservedHttpClientFactory(HttpObserver observer, ScheduledExecutorService timer, TlsFiles tls) {
        this.observer = observer;
        this.timer = timer;
        this.tls = tls;
    }

    @Override
    protected HttpClient.Builder createNewHttpClientBuilder() {
        return new ObservedHttpClientBuilder(super.createNewHttpClientBuilder(), builder -> {
            ObservedHttpClient observed =
                    new ObservedHttpClient(new RenewableHttpClient(builder, tls), observer, timer);
            clients.add(observed);
            return observed;
        });
    }

    /** Ends connections too, which fabric8 leaves to the garbage collector. */
    @Override
    protected void closeHttpClient(JdkHttpClientImpl client) {
        clients.forEach(HttpClient::shutdownNow);
        super.closeHttpClient(client);
    }
}
