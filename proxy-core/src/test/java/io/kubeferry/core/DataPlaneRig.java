package io.kubeferry.core;

import static io.kubeferry.core.testing.SampleServicePort.servicePort;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubeferry.core.connection.ConnectionSettings;
import io.kubeferry.core.model.NodeIdentity;
import io.kubeferry.core.model.ServicePort;
import io.kubeferry.core.net.Transport;
import io.kubeferry.core.net.TransportPreference;
import io.kubeferry.core.observe.ConnectionSummary;
import io.kubeferry.core.observe.DataPlaneView.EndpointReading;
import io.kubeferry.core.observe.DataPlaneView.ServicePortView;
import io.kubeferry.core.observe.ServicePortStats;
import io.kubeferry.core.routing.EndpointOrigin;
import io.kubeferry.core.routing.HostFacts;
import io.kubeferry.core.routing.OfferedAt;
import io.kubeferry.core.testing.FreePorts;
import io.kubeferry.core.testing.SampleServicePort;
import io.kubeferry.core.testing.Snapshots;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A data plane on one transport that serves one or more service ports, and clients of it. */
final class DataPlaneRig implements AutoCloseable {
    static final String CLUSTER_IP = "10.111.7.9";
    static final String PLACE = "127.111.7.9";
    private static final NodeIdentity NODE = Snapshots.node("this-node");
    private static final int PATIENCE_MILLIS = 60_000;

    private final TransportPreference transport;
    private final int port = FreePorts.next();
    private final Queue<ConnectionSummary> summaries = new ConcurrentLinkedQueue<>();
    private DataPlane dataPlane;

    DataPlaneRig(TransportPreference transport) {
        this.transport = transport;
        this.dataPlane = start(Duration.ofMillis(300), Optional.empty(), 20_000);
    }

    /** Starts anew with other settings; nothing is served. */
    void restart(Duration connectTimeout, Optional<Duration> idleTimeout, long maxFileDescriptors) {
        dataPlane.close();
        dataPlane = start(connectTimeout, idleTimeout, maxFileDescriptors);
    }

    /** The connections that have ended, in that order. */
    Queue<ConnectionSummary> summaries() {
        return summaries;
    }

    DataPlane dataPlane() {
        return dataPlane;
    }

    int port() {
        return port;
    }

    @Override
    public void close() {
        dataPlane.close();
    }

    private DataPlane start(Duration connectTimeout, Optional<Duration> idleTimeout, long maxFileDescriptors) {
        DataPlaneConfig config = new DataPlaneConfig(
                Transport.choose(transport),
                2,
                ConnectionSettings.of(connectTimeout, 3, idleTimeout),
                EndpointOrigin.MANIFESTS,
                maxFileDescriptors,
                Optional.of(summaries::add),
                Optional.empty(),
                false);
        return new DataPlane(
                config, _ -> new HostFacts(OfferedAt.LOOPBACK, Snapshots.addresses("127.0.0.1", "::1"), 0, true));
    }

    SampleServicePort web() {
        return servicePort("ns/web:http").clusterIp(CLUSTER_IP, port);
    }

    void apply(SampleServicePort... servicePorts) {
        List<ServicePort> built =
                List.of(servicePorts).stream().map(SampleServicePort::build).toList();
        dataPlane.apply(Snapshots.snapshot(NODE, built));
    }

    ServicePortStats stats() {
        return view().stats();
    }

    /** What is known of the endpoint at {@code address}. */
    EndpointReading endpoint(String address) {
        return view().endpoints().get().stream()
                .filter(reading -> reading.address().equals(Snapshots.socketAddress(address)))
                .findFirst()
                .orElseThrow();
    }

    private ServicePortView view() {
        return dataPlane.servicePorts().stream()
                .filter(view -> view.stats().name().service().equals("web"))
                .findFirst()
                .orElseThrow();
    }

    Socket connect() throws IOException {
        Socket socket = new Socket(PLACE, port);
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    String ask(String request) throws IOException {
        return ask(PLACE, port, request);
    }

    /** Sends all of the request and a FIN at once, and reads the answer to its end. */
    static String ask(String address, int port, String request) throws IOException {
        try (Socket client = new Socket(address, port)) {
            client.setSoTimeout(PATIENCE_MILLIS);
            client.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            client.shutdownOutput();
            return new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    static String exchange(Socket client, String text) throws IOException {
        client.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        return new String(client.getInputStream().readNBytes(text.length()), StandardCharsets.UTF_8);
    }

    void assertRefused() {
        assertThatThrownBy(() -> new Socket(PLACE, port)).hasMessageContaining("refused");
    }

    boolean isRefused() throws IOException {
        try (Socket _ = new Socket(PLACE, port)) {
            return false;
        } catch (ConnectException refused) {
            return true;
        } catch (SocketException resetWhileTheListenerCloses) {
            return false;
        }
    }
}
