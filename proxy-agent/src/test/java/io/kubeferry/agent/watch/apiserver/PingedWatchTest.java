package io.kubeferry.agent.watch.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PingedWatchTest {
    private static final Duration SHORT = Duration.ofMillis(5);
    private static final Duration LONG = Duration.ofHours(1);

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final WebSocket.Listener listener = new WebSocket.Listener() {
        @Override
        public void onOpen(WebSocket webSocket) {
            heard.add("open");
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
            heard.add("text " + data);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
            heard.add("close " + statusCode);
            return null;
        }

        @Override
        public void onError(WebSocket webSocket, Throwable error) {
            heard.add("error " + error.getMessage());
        }
    };

    @AfterEach
    void stopTimer() {
        timer.shutdownNow();
    }

    @Test
    void silentServerEndsTheWatch() throws Exception {
        FakeWatch watch = new FakeWatch(CompletableFuture.completedFuture(null));
        new PingedWatch(listener, timer, SHORT, Duration.ofMillis(50)).onOpen(watch);
        assertThat(heard.take()).isEqualTo("open");
        assertThat(heard.take()).isEqualTo("error nothing heard for 0 s");
        assertThat(watch.aborted).isTrue();
        assertThat(watch.pings).isNotEmpty();
    }

    @Test
    void pingThatCannotBeSentEndsTheWatch() throws Exception {
        FakeWatch watch = new FakeWatch(CompletableFuture.failedFuture(new IOException("closed output")));
        new PingedWatch(listener, timer, SHORT, LONG).onOpen(watch);
        assertThat(heard.take()).isEqualTo("open");
        assertThat(heard.take()).isEqualTo("error a ping could not be sent");
        assertThat(watch.aborted).isTrue();
    }

    @Test
    void watchEndsOnceOnly() throws Exception {
        FakeWatch watch = new FakeWatch(CompletableFuture.failedFuture(new IOException("closed output")));
        PingedWatch pinged = new PingedWatch(listener, timer, SHORT, LONG);
        pinged.onOpen(watch);
        assertThat(heard.take()).isEqualTo("open");
        assertThat(heard.take()).startsWith("error ");
        pinged.onClose(watch, 1006, "");
        pinged.onError(watch, new IOException("late"));
        assertThat(heard).isEmpty();
    }

    @Test
    void answersKeepTheWatchAliveAndAreHandedOn() throws Exception {
        FakeWatch watch = new FakeWatch(CompletableFuture.completedFuture(null));
        PingedWatch pinged = new PingedWatch(listener, timer, SHORT, Duration.ofSeconds(30));
        pinged.onOpen(watch);
        for (int i = 0; i < 5; i++) {
            watch.pings.take();
            pinged.onPong(watch, ByteBuffer.allocate(0));
        }
        pinged.onText(watch, "hello", true);
        pinged.onClose(watch, 1000, "");
        assertThat(heard).containsExactly("open", "text hello", "close 1000");
        assertThat(watch.aborted).isFalse();
    }

    private static final class FakeWatch implements WebSocket {
        private final CompletableFuture<WebSocket> pingResult;
        private final BlockingQueue<String> pings = new LinkedBlockingQueue<>();
        private volatile boolean aborted;

        private FakeWatch(CompletableFuture<WebSocket> pingResult) {
            this.pingResult = pingResult;
        }

        @Override
        public CompletableFuture<WebSocket> sendPing(ByteBuffer message) {
            pings.add("ping");
            return pingResult;
        }

        @Override
        public void abort() {
            aborted = true;
        }

        @Override
        public void request(long n) {}

        @Override
        public CompletableFuture<WebSocket> sendText(CharSequence data, boolean last) {
            throw new AssertionError("the client of a watch sends pings and nothing else");
        }

        @Override
        public CompletableFuture<WebSocket> sendBinary(ByteBuffer data, boolean last) {
            throw new AssertionError("the client of a watch sends pings and nothing else");
        }

        @Override
        public CompletableFuture<WebSocket> sendPong(ByteBuffer message) {
            throw new AssertionError("the client of a watch sends pings and nothing else");
        }

        @Override
        public CompletableFuture<WebSocket> sendClose(int statusCode, String reason) {
            throw new AssertionError("the client of a watch sends pings and nothing else");
        }

        @Override
        public String getSubprotocol() {
            return "";
        }

        @Override
        public boolean isOutputClosed() {
            return false;
        }

        @Override
        public boolean isInputClosed() {
            return false;
        }
    }
}
