package io.kubeferry.it.capture;

import io.kubeferry.core.testing.Await;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Clients that open connections at a steady rate, each after the other, and take note of those that fail. Thread-safe. */
public final class Load implements AutoCloseable {
    private static final int USUAL_PATIENCE_MILLIS = 10_000;

    private final int patienceMillis;
    private final long pauseNanos;
    private final List<CompletableFuture<Void>> clients = new ArrayList<>();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final AtomicLong served = new AtomicLong();
    private volatile boolean loading = true;

    /** Each client opens {@code perSecond} connections at most. */
    public Load(int perSecond) {
        this(perSecond, USUAL_PATIENCE_MILLIS);
    }

    /** The same with clients that wait for so long for whatever is to come next. */
    Load(int perSecond, int patienceMillis) {
        this.patienceMillis = patienceMillis;
        pauseNanos = TimeUnit.SECONDS.toNanos(1) / perSecond;
    }

    /** One more client, on {@code machine}, of {@code address}. */
    public void add(Machine machine, String address, int port) {
        add(machine, address, port, "");
    }

    /** As {@link #add(Machine, String, int)}; answers shall begin with {@code greeting}. */
    public void add(Machine machine, String address, int port, String greeting) {
        InetSocketAddress place = new InetSocketAddress(InetAddress.ofLiteral(address), port);
        clients.add(CompletableFuture.runAsync(
                () -> run(machine, place, greeting),
                task -> Thread.ofPlatform().daemon().name("load").start(task)));
    }

    /** The connections so far that were answered. */
    public long served() {
        return served.get();
    }

    /** Returns when {@code more} were answered, or one failed. */
    void awaitServed(int more) throws Exception {
        long before = served();
        Await.until(() -> served() - before >= more || !failures.isEmpty());
    }

    /** What went wrong with the others. */
    public List<String> failures() {
        return List.copyOf(failures);
    }

    private void run(Machine machine, InetSocketAddress place, String greeting) {
        try {
            machine.namespace().call(() -> {
                while (loading) {
                    long next = System.nanoTime() + pauseNanos;
                    ask(machine, place, greeting);
                    LockSupport.parkNanos(next - System.nanoTime());
                }
                return true;
            });
        } catch (Exception unexpected) {
            failures.add(machine.name() + " stopped: " + unexpected);
        }
    }

    private void ask(Machine machine, InetSocketAddress place, String greeting) {
        try (Socket socket = new Socket()) {
            socket.connect(place, patienceMillis);
            socket.setSoTimeout(patienceMillis);
            // At the least the first byte of it.
            int length = Math.max(1, greeting.length());
            String answer = new String(socket.getInputStream().readNBytes(length), StandardCharsets.UTF_8);
            if (answer.isEmpty()) {
                throw new EOFException("an end instead of an answer");
            }
            if (!answer.startsWith(greeting)) {
                throw new IOException("the answer is '" + answer + "' (expected: " + greeting + ")");
            }
            served.incrementAndGet();
        } catch (IOException failed) {
            failures.add(Instant.now() + " " + machine.name() + " at " + place + ": " + failed);
        }
    }

    @Override
    public void close() {
        loading = false;
        clients.forEach(CompletableFuture::join);
    }
}
