package io.kubeferry.it.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.it.bytes.NumberedBytes;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Bytes that go to a server and come back, all the time until somebody asks whether they were the same. Test thread only. */
public final class LongTransfer implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 20_000;
    /** Some megabytes a second: it shall last, and leave the machine to others. */
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final String words;
    private final Socket socket;
    private final CompletableFuture<Long> sent;
    private final CompletableFuture<Long> received;
    private volatile boolean more = true;

    /** Begins one from {@code machine} to {@code address}, where a {@link Machine} serves. */
    public LongTransfer(Machine machine, String address, int port) throws Exception {
        words = machine.name() + " to " + address + " port " + port;
        socket = machine.namespace().call(() -> {
            Socket connecting = new Socket();
            connecting.connect(new InetSocketAddress(InetAddress.ofLiteral(address), port), PATIENCE_MILLIS);
            return connecting;
        });
        socket.setSoTimeout(PATIENCE_MILLIS);
        skipGreeting();
        sent = async(() -> NumberedBytes.sendWhile(this::goesOn, socket, port));
        received = async(() -> NumberedBytes.receive(socket));
    }

    /** Ends it, and checks that all came back as it went. */
    public void assertComplete() {
        more = false;
        assertThat(received).as(words).succeedsWithin(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        assertThat(received.join()).as(words).isEqualTo(sent.join());
    }

    private boolean goesOn() {
        LockSupport.parkNanos(PAUSE_NANOS);
        return more;
    }

    private void skipGreeting() throws IOException {
        int next = socket.getInputStream().read();
        while (next != '\n') {
            if (next < 0) {
                throw new EOFException("an end instead of an answer: " + words);
            }
            next = socket.getInputStream().read();
        }
    }

    @FunctionalInterface
    private interface Moving {
        long checksum() throws IOException;
    }

    private static CompletableFuture<Long> async(Moving moving) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return moving.checksum();
                    } catch (IOException broken) {
                        throw new UncheckedIOException(broken);
                    }
                },
                task -> Thread.ofPlatform().daemon().name("transfer").start(task));
    }

    @Override
    public void close() throws IOException {
        more = false;
        socket.close();
    }
}
