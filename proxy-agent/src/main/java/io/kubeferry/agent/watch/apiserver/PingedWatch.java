package io.kubeferry.agent.watch.apiserver;

import java.io.IOException;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Sends pings on a watch and ends it when they cannot be sent or nothing comes back. Thread-safe.
 *
 * <p>A server that vanishes without a word (power, network, a forgetful NAT) would otherwise go unnoticed until fabric8
 * renews the watch, five to eleven minutes later; fabric8 has a setting for pings, but its backend on the JDK's client
 * sends none. And that client itself loses, once in a while, the end of a connection that comes right behind a message.
 */
final class PingedWatch implements WebSocket.Listener {
    private static final Duration PING_INTERVAL = Duration.ofSeconds(10);

    /** Three pings without an answer. */
    private static final Duration SILENCE_LIMIT = Duration.ofSeconds(35);

    private final WebSocket.Listener listener;
    private final ScheduledExecutorService timer;
    private final Duration pingInterval;
    private final Duration silenceLimit;
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile long lastHeardNanos = System.nanoTime();
    /** Set once the WebSocket is open. */
    private volatile @Nullable Future<?> pings;

    PingedWatch(WebSocket.Listener listener, ScheduledExecutorService timer) {
        this(listener, timer, PING_INTERVAL, SILENCE_LIMIT);
    }

    PingedWatch(
            WebSocket.Listener listener, ScheduledExecutorService timer, Duration pingInterval, Duration silenceLimit) {
        this.listener = listener;
        this.timer = timer;
        this.pingInterval = pingInterval;
        this.silenceLimit = silenceLimit;
    }

    @Override
    public void onOpen(WebSocket webSocket) {
        heard();
        // Before anything that ends it.
        listener.onOpen(webSocket);
        Future<?> begun = timer.scheduleWithFixedDelay(
                () -> ping(webSocket), pingInterval.toMillis(), pingInterval.toMillis(), TimeUnit.MILLISECONDS);
        pings = begun;
        if (ended.get()) {
            begun.cancel(false);
        }
    }

    private void ping(WebSocket webSocket) {
        if (System.nanoTime() - lastHeardNanos > silenceLimit.toNanos()) {
            giveUp(webSocket, "nothing heard for " + silenceLimit.toSeconds() + " s");
            return;
        }
        var _ = webSocket.sendPing(ByteBuffer.allocate(0)).whenComplete((_, failure) -> {
            // A ping on its way already is none.
            if (failure instanceof IOException) {
                giveUp(webSocket, "a ping could not be sent");
            }
        });
    }

    private void giveUp(WebSocket webSocket, String reason) {
        if (end()) {
            webSocket.abort();
            listener.onError(webSocket, new IOException(reason));
        }
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
        heard();
        return listener.onText(webSocket, data, last);
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket webSocket, ByteBuffer data, boolean last) {
        heard();
        return listener.onBinary(webSocket, data, last);
    }

    @Override
    public @Nullable CompletionStage<?> onPing(WebSocket webSocket, ByteBuffer message) {
        heard();
        return listener.onPing(webSocket, message);
    }

    @Override
    public @Nullable CompletionStage<?> onPong(WebSocket webSocket, ByteBuffer message) {
        heard();
        return listener.onPong(webSocket, message);
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
        return end() ? listener.onClose(webSocket, statusCode, reason) : null;
    }

    @Override
    public void onError(WebSocket webSocket, Throwable error) {
        if (end()) {
            listener.onError(webSocket, error);
        }
    }

    private void heard() {
        lastHeardNanos = System.nanoTime();
    }

    /** True for the first of all that end the watch. */
    private boolean end() {
        Future<?> running = pings;
        if (running != null) {
            running.cancel(false);
        }
        return ended.compareAndSet(false, true);
    }
}
