package io.kubeferry.core.testing;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/** Ports that nobody uses. Thread-safe. */
public final class FreePorts {
    /** JVMs that run tests side by side take their ports from different ranges: one may find free what another just found. */
    private static final int RANGES = 5;

    private static final int COUNT = 10_000 / RANGES;

    /** Below those that Linux gives to whoever asks for any, such as a test's next server, and Kubernetes to NodePorts. */
    private static final int FIRST = 20_000 + COUNT * (Integer.getInteger("test.fork", 0) % RANGES);

    private static final AtomicInteger NEXT =
            new AtomicInteger(ThreadLocalRandom.current().nextInt(COUNT));

    private FreePorts() {}

    /** A port that is free on every address of this host, and another one each time. */
    public static int next() {
        while (true) {
            int port = FIRST + Math.floorMod(NEXT.getAndIncrement(), COUNT);
            try (ServerSocket _ = new ServerSocket(port)) {
                return port;
            } catch (IOException taken) {
                // The next one then.
            }
        }
    }
}
