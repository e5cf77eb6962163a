package io.kubeferry.agent.watch.apiserver;

import java.io.IOException;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * The JDK's HTTP client, with an observer of every request and {@linkplain PingedWatch a sign of life} on every
 * WebSocket. Thread-safe.
 */
final class ObservedHttpClient extends HttpClient {
    private final RenewableHttpClient delegate;
    private final HttpObserver observer;
    private final ScheduledExecutorService timer;

    ObservedHttpClient(RenewableHttpClient delegate, HttpObserver observer, ScheduledExecutorService timer) {
        this.delegate = delegate;
        this.observer = observer;
        this.timer = timer;
    }

    @Override
    public <T> CompletableFuture<HttpResponse<T>> sendAsync(
            HttpRequest request, HttpResponse.BodyHandler<T> responseBodyHandler) {
        return observed(request, delegate.current().sendAsync(request, responseBodyHandler));
    }

    @Override
    public <T> CompletableFuture<HttpResponse<T>> sendAsync(
            HttpRequest request,
            HttpResponse.BodyHandler<T> responseBodyHandler,
            HttpResponse.@Nullable PushPromiseHandler<T> pushPromiseHandler) {
        return observed(request, delegate.current().sendAsync(request, responseBodyHandler, pushPromiseHandler));
    }

    @Override
    public <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> responseBodyHandler)
            throws IOException, InterruptedException {
        return delegate.current().send(request, responseBodyHandler);
    }

    private <T> CompletableFuture<HttpResponse<T>> observed(
            HttpRequest request, CompletableFuture<HttpResponse<T>> sent) {
        long begunNanos = System.nanoTime();
        var _ = sent.whenComplete((response, failure) -> {
            Duration duration = Duration.ofNanos(System.nanoTime() - begunNanos);
            if (failure == null) {
                observer.answered(request.method(), request.uri(), response.statusCode(), duration);
            } else {
                observer.failed(request.method(), request.uri(), unwrap(failure), duration);
            }
        });
        // The original, so that cancelling it cancels the request.
        return sent;
    }

    @Override
    public WebSocket.Builder newWebSocketBuilder() {
        WebSocket.Builder builder = delegate.current().newWebSocketBuilder();
        return new WebSocket.Builder() {
            @Override
            public WebSocket.Builder header(String name, String value) {
                builder.header(name, value);
                return this;
            }

            @Override
            public WebSocket.Builder connectTimeout(Duration timeout) {
                builder.connectTimeout(timeout);
                return this;
            }

            @Override
            public WebSocket.Builder subprotocols(String mostPreferred, String... lesserPreferred) {
                builder.subprotocols(mostPreferred, lesserPreferred);
                return this;
            }

            @Override
            public CompletableFuture<WebSocket> buildAsync(URI uri, WebSocket.Listener listener) {
                long begunNanos = System.nanoTime();
                return builder.buildAsync(uri, new PingedWatch(listener, timer)).whenComplete((_, failure) -> {
                    Duration duration = Duration.ofNanos(System.nanoTime() - begunNanos);
                    switch (failure == null ? null : unwrap(failure)) {
                        case null -> observer.answered("GET", uri, 101, duration);
                        case WebSocketHandshakeException refused ->
                            observer.answered("GET", uri, refused.getResponse().statusCode(), duration);
                        case Throwable other -> observer.failed("GET", uri, other, duration);
                    }
                });
            }
        };
    }

    private static Throwable unwrap(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    @Override
    public Optional<CookieHandler> cookieHandler() {
        return delegate.current().cookieHandler();
    }

    @Override
    public Optional<Duration> connectTimeout() {
        return delegate.current().connectTimeout();
    }

    @Override
    public Redirect followRedirects() {
        return delegate.current().followRedirects();
    }

    @Override
    public Optional<ProxySelector> proxy() {
        return delegate.current().proxy();
    }

    @Override
    public SSLContext sslContext() {
        return delegate.current().sslContext();
    }

    @Override
    public SSLParameters sslParameters() {
        return delegate.current().sslParameters();
    }

    @Override
    public Optional<Authenticator> authenticator() {
        return delegate.current().authenticator();
    }

    @Override
    public Version version() {
        return delegate.current().version();
    }

    @Override
    public Optional<Executor> executor() {
        return delegate.current().executor();
    }

    @Override
    public void shutdownNow() {
        delegate.shutdownNow();
    }
}
