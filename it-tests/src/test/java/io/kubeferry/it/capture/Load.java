package io.kubeferry.it.capture;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
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
final class Load implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 10_000;

    private final long pauseNanos;
    private final List<CompletableFuture<Void>> clients = new ArrayList<>();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final AtomicLong served = new AtomicLong();
    private volatile boolean loading = true;

    /** Each client opens {@code perSecond} connections at most. */
    Load(int perSecond) {
        pauseNanos = TimeUnit.SECONDS.toNanos(1) / perSecond;
    }

    /** One more client, on {@code machine}, of {@code address}. */
    void add(Machine machine, String address, int port) {
        InetSocketAddress place = new InetSocketAddress(InetAddress.ofLiteral(address), port);
        clients.add(CompletableFuture.runAsync(
                () -> run(machine, place),
                task -> Thread.ofPlatform().daemon().name("load").start(task)));
    }

    /** The connections so far that were answered. */
    long served() {
        return served.get();
    }

    /** What went wrong with the others. */
    List<String> failures() {
        return List.copyOf(failures);
    }

    private void run(Machine machine, InetSocketAddress place) {
        try {
            machine.namespace().call(() -> {
                while (loading) {
                    long next = System.nanoTime() + pauseNanos;
                    ask(machine, place);
                    LockSupport.parkNanos(next - System.nanoTime());
                }
                return true;
            });
        } catch (Exception unexpected) {
            failures.add(machine.name() + " stopped: " + unexpected);
        }
    }

    private void ask(Machine machine, InetSocketAddress place) {
        try (Socket socket = new Socket()) {
            socket.connect(place, PATIENCE_MILLIS);
            socket.setSoTimeout(PATIENCE_MILLIS);
            if (socket.getInputStream().read() < 0) {
                throw new EOFException("an end instead of an answer");
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
