package io.kubeferry.it.bytes;

import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicLong;

/** Counts what a sender could get rid of so far. Thread-safe. */
final class ByteTally {
    private static final int AT_ONCE = 1 << 16;

    private final AtomicLong total = new AtomicLong();

    /** Sends zeros until {@code count} are out or the other side is gone. */
    void sendUntilEnd(Socket socket, long count) throws IOException {
        byte[] zeros = new byte[AT_ONCE];
        for (long left = count; left > 0; left -= zeros.length) {
            socket.getOutputStream().write(zeros);
            total.addAndGet(zeros.length);
        }
    }

    long total() {
        return total.get();
    }
}
