package io.kubeferry.it.stop;

import io.kubeferry.core.testing.Await;
import io.kubeferry.it.process.ServicePlace;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Clients that open one connection after another, have a few bytes echoed and go on, until they are closed. A connection
 * that the process had not yet accepted when it stopped may be refused or reset; one that had its answer begin may not.
 * Thread-safe.
 */
final class ShortConnections implements AutoCloseable {
    private static final int CLIENTS = 4;
    private static final int SOME = 200;
    private static final byte[] QUESTION = new byte[3_000];

    private final List<CompletableFuture<Void>> clients = new ArrayList<>();
    private final Queue<String> cutAnswers = new ConcurrentLinkedQueue<>();
    private final AtomicLong answered = new AtomicLong();
    private volatile boolean loading = true;

    ShortConnections(ServicePlace place) {
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(CompletableFuture.runAsync(
                    () -> {
                        while (loading) {
                            ask(place);
                        }
                    },
                    task -> Thread.ofPlatform().daemon().name("load").start(task)));
        }
    }

    /** Returns when many were answered. */
    void awaitSome() throws Exception {
        Await.until(() -> answered.get() > SOME);
    }

    /** What became of answers that began and did not end. */
    List<String> cutAnswers() {
        return List.copyOf(cutAnswers);
    }

    private void ask(ServicePlace place) {
        int got = 0;
        try (Socket socket = place.connect()) {
            socket.getOutputStream().write(QUESTION);
            socket.shutdownOutput();
            byte[] answer = new byte[QUESTION.length];
            int read = socket.getInputStream().read(answer);
            while (read > 0) {
                got += read;
                read = socket.getInputStream().read(answer);
            }
            if (got != QUESTION.length) {
                cutAnswers.add("an end after " + got + " bytes");
            }
            answered.incrementAndGet();
        } catch (IOException failed) {
            if (got > 0) {
                cutAnswers.add(failed + " after " + got + " bytes");
            }
        }
    }

    @Override
    public void close() {
        loading = false;
        clients.forEach(CompletableFuture::join);
    }
}
