package io.kubeferry.it.capture;

import io.kubeferry.it.process.RunningCommand;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code kubeferry run --addresses capture} of the packaged image on a node. Test thread only. */
final class NodeAgent implements AutoCloseable {
    private static final int METRICS_PORT = 10_249;

    private final Machine node;
    private final List<String> launcher;
    private final List<String> words;
    private final RunningCommand command;

    private NodeAgent(Machine node, List<String> launcher, List<String> words) throws IOException {
        this.node = node;
        this.launcher = launcher;
        this.words = words;
        this.command = RunningCommand.startInside(launcher, Map.of(), words);
    }

    /** Starts one that serves {@code manifests}, with {@code more} flags. */
    static NodeAgent start(Machine node, Path manifests, String... more) throws Exception {
        return start(node.namespace().inside(), node, manifests, more);
    }

    /** As {@link #start(Machine, Path, String...)}, as a user that is not root and has CAP_NET_ADMIN alone. */
    static NodeAgent startAsNobody(Machine node, Path manifests, String... more) throws Exception {
        return startAsNobody("-all,+net_admin", node, manifests, more);
    }

    /** As {@link #startAsNobody}, without any capability. */
    static NodeAgent startWithoutRights(Machine node, Path manifests, String... more) throws Exception {
        return startAsNobody("-all", node, manifests, more);
    }

    /** As {@link #start(Machine, Path, String...)}, with at most so many files and sockets open at once. */
    static NodeAgent startWithDescriptors(int descriptors, Machine node, Path manifests, String... more)
            throws Exception {
        return start(
                node.namespace().inside("prlimit", "--nofile=" + descriptors + ":" + descriptors),
                node,
                manifests,
                more);
    }

    private static NodeAgent startAsNobody(String capabilities, Machine node, Path manifests, String... more)
            throws Exception {
        Set<PosixFilePermission> readable = PosixFilePermissions.fromString("rwxr-xr-x");
        Files.setPosixFilePermissions(manifests, readable);
        return start(
                node.namespace()
                        .inside(
                                "setpriv",
                                "--reuid=65532",
                                "--regid=65532",
                                "--clear-groups",
                                "--bounding-set=" + capabilities,
                                "--inh-caps=" + capabilities,
                                "--ambient-caps=" + capabilities),
                node,
                manifests,
                more);
    }

    private static NodeAgent start(List<String> launcher, Machine node, Path manifests, String... more)
            throws Exception {
        List<String> words = new ArrayList<>(List.of(
                "run",
                "--addresses=capture",
                "--manifests=" + manifests,
                "--hostname-override=" + node.name(),
                "--bind-address=" + node.address(Family.IPV4),
                "--nodeport-addresses=127.0.0.0/8," + ClusterNetwork.NODE_RANGES,
                "--cluster-cidr=" + ClusterNetwork.POD_RANGES,
                "--min-sync-period=50ms"));
        words.addAll(List.of(more));
        return new NodeAgent(node, launcher, words);
    }

    /** Returns when it serves something. */
    NodeAgent awaitReady() throws Exception {
        command.awaitOutput(" endpoints=");
        return this;
    }

    /** Ends it by a signal, and starts another one in its place. */
    NodeAgent startAgainAfter(String signal) throws Exception {
        command.signal(signal);
        command.exitCode();
        close();
        return new NodeAgent(node, launcher, words);
    }

    RunningCommand command() {
        return command;
    }

    /** The value of the only series of {@code name} whose labels hold every one of {@code labels}; 0 where there is none. */
    double metric(String name, String... labels) throws Exception {
        return metrics()
                .lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .filter(line -> List.of(labels).stream().allMatch(line::contains))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private String metrics() throws Exception {
        try (Socket socket = node.namespace().call(() -> {
            Socket connecting = new Socket();
            connecting.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), METRICS_PORT), 3_000);
            return connecting;
        })) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write("GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Ends those that were started. */
    static void closeAll(NodeAgent... agents) throws IOException {
        for (NodeAgent agent : agents) {
            if (agent != null) {
                agent.close();
            }
        }
    }

    @Override
    public void close() throws IOException {
        command.close();
    }
}
