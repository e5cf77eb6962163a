package io.kubeferry.it.bytes;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.zip.CRC32C;

/** A stream of bytes that looks like nothing, in writes of all sizes, with its checksum. */
public final class NumberedBytes {
    private static final int MOST_AT_ONCE = 1 << 17;

    private NumberedBytes() {}

    /** Sends {@code count} bytes on a thread of its own, ends the direction, and gives the checksum. */
    public static CompletableFuture<Long> sendAsync(Socket socket, long seed, long count) {
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
        for (long left = count; left > 0; ) {
            int length = (int) Math.min(left, 1 + random.nextInt(MOST_AT_ONCE));
            sendSome(socket, random, length, checksum);
            left -= length;
        }
        socket.shutdownOutput();
        return checksum.getValue();
    }

    /** Sends without a pause while {@code more} holds, ends the direction, and gives the checksum. */
    public static long sendWhile(BooleanSupplier more, Socket socket, long seed) throws IOException {
        Random random = new Random(seed);
        CRC32C checksum = new CRC32C();
        do {
            sendSome(socket, random, 1 + random.nextInt(MOST_AT_ONCE), checksum);
        } while (more.getAsBoolean());
        socket.shutdownOutput();
        return checksum.getValue();
    }

    private static void sendSome(Socket socket, Random random, int length, CRC32C checksum) throws IOException {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        checksum.update(bytes);
        socket.getOutputStream().write(bytes);
    }

    /** Reads to the end and gives the checksum. */
    public static long receive(Socket socket) throws IOException {
        CRC32C checksum = new CRC32C();
        byte[] bytes = new byte[MOST_AT_ONCE];
        InputStream in = socket.getInputStream();
        for (int length = in.read(bytes); length >= 0; length = in.read(bytes)) {
            checksum.update(bytes, 0, length);
        }
        return checksum.getValue();
    }
}
