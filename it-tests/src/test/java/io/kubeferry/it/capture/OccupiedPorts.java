package io.kubeferry.it.capture;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/** Ports that a process has taken on one machine, of an address that may be another machine's. */
final class OccupiedPorts implements AutoCloseable {
    private final List<ServerSocket> sockets = new ArrayList<>();

    /** Takes the ports from {@code first} to {@code last}. */
    OccupiedPorts(Machine machine, String address, int first, int last) throws Exception {
        machine.namespace().run("sysctl", "-qw", "net.ipv4.ip_nonlocal_bind=1");
        for (int port = first; port <= last; port++) {
            int next = port;
            sockets.add(machine.namespace().call(() -> new ServerSocket(next, 1, InetAddress.ofLiteral(address))));
        }
    }

    @Override
    public void close() throws IOException {
        for (ServerSocket socket : sockets) {
            socket.close();
        }
    }
}
