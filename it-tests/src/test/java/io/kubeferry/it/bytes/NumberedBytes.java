package io.kubeferry.it.bytes;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.zip.CRC32C;

/** A stream of bytes that looks like nothing, in writes of all sizes, with its checksum. */
final class NumberedBytes {
    private static final int MOST_AT_ONCE = 1 << 17;

    private NumberedBytes() {}

    /** Sends {@code count} bytes on a thread of its own, ends the direction, and gives the checksum. */
    static CompletableFuture<Long> sendAsync(Socket socket, long seed, long count) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return send(socket, seed, count);
                    } catch (IOException failure) {
                        throw new UncheckedIOException(failure);
                    }
                },
                task -> Thread.ofPlatform().daemon().name("sender").start(task));
    }

    private static long send(Socket socket, long seed, long count) throws IOException {
        Random random = new Random(seed);
        CRC32C checksum = new CRC32C();
        byte[] bytes = new byte[MOST_AT_ONCE];
        OutputStream out = socket.getOutputStream();
        for (long left = count; left > 0; ) {
            int length = (int) Math.min(left, 1 + random.nextInt(MOST_AT_ONCE));
            random.nextBytes(bytes);
            checksum.update(bytes, 0, length);
            out.write(bytes, 0, length);
            left -= length;
        }
        socket.shutdownOutput();
        return checksum.getValue();
    }

    /** Reads to the end and gives the checksum. */
    static long receive(Socket socket) throws IOException {
        CRC32C checksum = new CRC32C();
        byte[] bytes = new byte[MOST_AT_ONCE];
        InputStream in = socket.getInputStream();
        for (int length = in.read(bytes); length >= 0; length = in.read(bytes)) {
            checksum.update(bytes, 0, length);
        }
        return checksum.getValue();
    }
}
