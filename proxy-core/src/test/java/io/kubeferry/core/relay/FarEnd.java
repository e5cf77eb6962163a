package io.kubeferry.core.relay;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.zip.CRC32;

/** What the far ends of a {@link RelayHarness} do with their sockets. Thread-safe. */
final class FarEnd {
    private FarEnd() {}

    static void assertReset(Socket socket) {
        assertThatThrownBy(() -> {
                    while (socket.getInputStream().read() >= 0) {
                        // Bytes that were under way may still arrive.
                    }
                })
                .hasMessageContaining("reset");
    }

    static void reset(Socket socket) throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    }

    static String receive(Socket socket, int length) throws IOException {
        return new String(socket.getInputStream().readNBytes(length), StandardCharsets.UTF_8);
    }

    static String receiveAll(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /** Sends {@code length} random bytes in pieces of random sizes, then a FIN; completes with their checksum. */
    static CompletableFuture<Long> sendRandom(Socket socket, long length, long seed) {
        return inBackground(() -> {
            Random random = new Random(seed);
            CRC32 checksum = new CRC32();
            OutputStream out = socket.getOutputStream();
            byte[] buffer = new byte[256 * 1024];
            for (long left = length; left > 0; ) {
                int size = (int) Math.min(left, 1 + random.nextInt(buffer.length));
                byte[] piece = new byte[size];
                random.nextBytes(piece);
                checksum.update(piece);
                out.write(piece);
                left -= size;
            }
            socket.shutdownOutput();
            return checksum.getValue();
        });
    }

    static CompletableFuture<Long> checksumOfAll(Socket socket) {
        return inBackground(() -> {
            CRC32 checksum = new CRC32();
            InputStream in = socket.getInputStream();
            byte[] buffer = new byte[64 * 1024];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                checksum.update(buffer, 0, read);
            }
            return checksum.getValue();
        });
    }

    static CompletableFuture<Long> countAll(Socket socket) {
        return inBackground(() -> {
            long count = 0;
            byte[] buffer = new byte[64 * 1024];
            InputStream in = socket.getInputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                count += read;
            }
            return count;
        });
    }

    private static <T> CompletableFuture<T> inBackground(Callable<T> task) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                result.complete(task.call());
            } catch (Exception failure) {
                result.completeExceptionally(failure);
            }
        });
        return result;
    }
}
