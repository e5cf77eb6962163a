package io.kubeferry.agent.watch.apiserver;

import java.io.IOException;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sends pings on a watch and ends it when nothing comes back: a server that vanished without a word (power, network,
 * a forgetful NAT) would otherwise go unnoticed until fabric8 renews the watch, five to eleven minutes later.
 *
 * <p>fabric8 has a setting for pings, but its backend on the JDK's client does not send any. Thread-safe.
 */
final class PingedWatch implements WebSocket.Listener {
    static final Duration PING_INTERVAL = Duration.ofSeconds(30);

    /** Three pings without an answer. */
    static final Duration SILENCE_LIMIT = Duration.ofSeconds(100);

    private final WebSocket.Listener listener;
    private final ScheduledExecutorService timer;
    private final Duration pingInterval;
    private final Duration silenceLimit;
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
        pings = timer.scheduleWithFixedDelay(
                () -> ping(webSocket), pingInterval.toMillis(), pingInterval.toMillis(), TimeUnit.MILLISECONDS);
        listener.onOpen(webSocket);
    }

    private void ping(WebSocket webSocket) {
        if (webSocket.isInputClosed()) {
            stop();
        } else if (System.nanoTime() - lastHeardNanos > silenceLimit.toNanos()) {
            stop();
            webSocket.abort();
            listener.onError(webSocket, new IOException("nothing heard for " + silenceLimit.toSeconds() + " s"));
        } else {
            // A failure shows as silence, or as an error of the WebSocket itself.
            webSocket.sendPing(ByteBuffer.allocate(0)).exceptionally(_ -> webSocket);
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
        stop();
        return listener.onClose(webSocket, statusCode, reason);
    }

    @Override
    public void onError(WebSocket webSocket, Throwable error) {
        stop();
        listener.onError(webSocket, error);
    }

    private void heard() {
        lastHeardNanos = System.nanoTime();
    }

    private void stop() {
        Future<?> running = pings;
        if (running != null) {
            running.cancel(false);
        }
    }
}
