package io.kubeferry.it.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Ports that nobody uses. */
public final class FreePorts {
    private FreePorts() {}

    /** A port that was free a moment ago, on 127.0.0.1. */
    public static int next() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }
}
