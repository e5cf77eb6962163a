package io.kubeferry.agent.watch.apiserver;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/**
 * The client of one API server, which everything that talks to the server shares. Thread-safe. Making one connects to
 * nothing yet.
 */
public final class ApiConnection implements AutoCloseable {
    /** fabric8 doubles this up to 32 times: a server that is back after any outage is asked within eight seconds. */
    private static final Duration FIRST_RETRY = Duration.ofMillis(250);

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

    /** Until the head of an answer, which for a big list takes a busy server a while. */
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(30);

    private final String server;
    private final ApiServerStatus status;
    private final ScheduledExecutorService timer;
    private final KubernetesClient client;
    private final List<WrongWatch> wrongWatches = new CopyOnWriteArrayList<>();

    private record WrongWatch(String field, Runnable action) {}

    /** Makes the client for {@code access}; {@code observer} hears of every request. */
    public ApiConnection(ApiAccess access, ApiRequestObserver observer) {
        server = access.server();
        status = new ApiServerStatus(server, InstantSource.system());
        timer = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("api-timer").factory());
        client = new KubernetesClientBuilder()
                .withConfig(tuned(access.config()))
                .withHttpClientFactory(new ObservedHttpClientFactory(observers(observer), timer, access.tls()))
                .build();
    }

    KubernetesClient client() {
        return client;
    }

    ApiServerStatus status() {
        return status;
    }

    ScheduledExecutorService timer() {
        return timer;
    }

    /**
     * Runs {@code action} when the server finds a watch wrong that selects by {@code field}: the client would ask for it
     * for ever and tell nobody.
     */
    void whenWatchIsWrong(String field, Runnable action) {
        wrongWatches.add(new WrongWatch(field, action));
    }

    private void lookForWrongWatch(URI uri, int code) {
        String query = uri.getQuery();
        if (code == ApiServerSource.BAD_REQUEST && query != null && query.contains("watch=true")) {
            wrongWatches.stream()
                    .filter(watch -> query.contains(watch.field()))
                    .forEach(watch -> watch.action().run());
        }
    }

    String server() {
        return server;
    }

    @Override
    public void close() {
        status.close();
        timer.shutdownNow();
        client.close();
    }

    private static Config tuned(Config config) {
        return new ConfigBuilder(config)
                .withUserAgent("kubeferry")
                .withWatchReconnectInterval((int) FIRST_RETRY.toMillis())
                .withWatchReconnectLimit(-1)
                // The informers retry; a second layer below them would multiply requests and hide failures.
                .withRequestRetryBackoffLimit(0)
                .withConnectionTimeout((int) CONNECT_TIMEOUT.toMillis())
                .withRequestTimeout((int) ANSWER_TIMEOUT.toMillis())
                // Over HTTP/2 all requests share one connection; when the server vanishes without a word, requests
                // would
                // go on to use it for a quarter of an hour, until TCP gives up.
                .withHttp2Disable(true)
                .build();
    }

    private HttpObserver observers(ApiRequestObserver observer) {
        return new HttpObserver() {
            @Override
            public void answered(String method, URI uri, int code, Duration duration) {
                observer.requestEnded(method, uri.getAuthority(), OptionalInt.of(code), duration);
                status.answered(method, uri, code, duration);
                lookForWrongWatch(uri, code);
            }

            @Override
            public void failed(String method, URI uri, Throwable failure, Duration duration) {
                observer.requestEnded(method, uri.getAuthority(), OptionalInt.empty(), duration);
                status.failed(method, uri, failure, duration);
            }
        };
    }
}
