package io.kubeferry.it.process;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.kubeferry.agent.testing.FakeApiServer;
import io.kubeferry.core.testing.HostAddress;
import io.kubeferry.core.testing.TestEndpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** An API server and pods on an address of this host, since loopback endpoints of an API server do not count. Test thread only. */
public final class FakeCluster implements AutoCloseable {
    private final FakeApiServer api = new FakeApiServer();
    private final List<TestEndpoint> pods = new ArrayList<>();

    /** Skips the test where this host has no address for pods. */
    public FakeCluster() {
        assumeTrue(HostAddress.FIRST.isPresent(), "skipped: this host has no IPv4 address but loopback ones");
    }

    /** The API server. */
    public FakeApiServer api() {
        return api;
    }

    /** The address of pods. */
    public InetAddress hostAddress() {
        return HostAddress.FIRST.orElseThrow();
    }

    /** A pod that says {@code name}. */
    public TestEndpoint pod(String name) {
        return pod(socket -> socket.getOutputStream().write(name.getBytes(StandardCharsets.UTF_8)));
    }

    /** A pod that does {@code conduct}. */
    public TestEndpoint pod(TestEndpoint.Conduct conduct) {
        TestEndpoint pod = new TestEndpoint(hostAddress(), conduct);
        pods.add(pod);
        return pod;
    }

    /** Creates or changes the object of {@code manifest}. */
    public void put(String resource, String manifest) {
        api.put(resource, Serialization.unmarshal(manifest, HasMetadata.class));
    }

    /** The Node that agents of these tests run on. */
    public void putNode() {
        put("nodes", """
                apiVersion: v1
                kind: Node
                metadata: {name: %s}
                """.formatted(Manifests.NODE));
    }

    /** A file that tells where the API server is. */
    public Path kubeconfig(Path folder) throws IOException {
        return kubeconfig(folder, api.url());
    }

    /** The same for an API server that is reached at {@code url}. */
    public static Path kubeconfig(Path folder, String url) throws IOException {
        return Files.writeString(folder.resolve("kubeconfig"), """
                apiVersion: v1
                kind: Config
                clusters: [{name: c, cluster: {server: "%s"}}]
                users: [{name: u, user: {token: t}}]
                contexts: [{name: x, context: {cluster: c, user: u}}]
                current-context: x
                """.formatted(url));
    }

    @Override
    public void close() {
        api.close();
        pods.forEach(TestEndpoint::close);
    }
}
