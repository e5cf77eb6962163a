package io.kubeferry.it.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubeferry.core.testing.Await;
import io.kubeferry.core.testing.FreePorts;
import io.kubeferry.core.testing.TestEndpoint;
import io.kubeferry.it.process.Manifests;
import io.kubeferry.it.process.RunningAgent;
import io.kubeferry.it.process.ServicePlace;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bytes through the process: all of them, in order, with ends passed on as they came and memory bounded. */
class BytesIT {
    private static final String CLUSTER_IP = "10.47.15.10";
    private static final long EACH_WAY = 200L << 20;
    private static final int SHORT_CONNECTIONS = 20_000;
    private static final int WARM_UP = 200;
    private static final long FAR_MORE_THAN_BUFFERS = 200L << 20;

    @TempDir
    private Path folder;

    private final AtomicReference<Throwable> seenByPod = new AtomicReference<>();
    private TestEndpoint pod;
    private RunningAgent agent;
    private ServicePlace web;

    @AfterEach
    void stop() throws Exception {
        agent.close();
        pod.close();
    }

    @Test
    void largeStreamsBothWaysAtOnceArriveUnchanged() throws Exception {
        AtomicReference<Long> sentByPod = new AtomicReference<>();
        AtomicReference<Long> receivedByPod = new AtomicReference<>();
        serve(socket -> {
            CompletableFuture<Long> sending = NumberedBytes.sendAsync(socket, 7, EACH_WAY);
            receivedByPod.set(NumberedBytes.receive(socket));
            sentByPod.set(sending.join());
        });
        try (Socket socket = web.connect()) {
            CompletableFuture<Long> sending = NumberedBytes.sendAsync(socket, 3, EACH_WAY);
            long received = NumberedBytes.receive(socket);
            long sent = sending.join();
            Await.until(() -> sentByPod.get() != null);
            assertThat(received).isEqualTo(sentByPod.get());
            assertThat(receivedByPod.get()).isEqualTo(sent);
        }
        agent.awaitNoConnections();
        assertThat(agent.metric("kubeferry_bytes_total", "direction=\"to_endpoint\""))
                .isEqualTo(EACH_WAY);
        assertThat(agent.metric("kubeferry_bytes_total", "direction=\"to_client\""))
                .isEqualTo(EACH_WAY);
    }

    @Test
    void halfCloseByTheClientStillGetsTheWholeAnswer() throws Exception {
        serve(socket -> {
            byte[] request = socket.getInputStream().readAllBytes();
            socket.getOutputStream().write("you said ".getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().write(request);
        });
        try (Socket socket = web.connect()) {
            socket.getOutputStream().write("hello".getBytes(StandardCharsets.UTF_8));
            socket.shutdownOutput();
            assertThat(socket.getInputStream().readAllBytes()).asString().isEqualTo("you said hello");
        }
    }

    @Test
    void halfCloseByTheEndpointLeavesTheOtherDirectionOpen() throws Exception {
        AtomicReference<String> late = new AtomicReference<>();
        serve(socket -> {
            socket.getOutputStream().write("bye".getBytes(StandardCharsets.UTF_8));
            socket.shutdownOutput();
            late.set(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        });
        try (Socket socket = web.connect()) {
            assertThat(socket.getInputStream().readAllBytes()).asString().isEqualTo("bye");
            socket.getOutputStream().write("after your end".getBytes(StandardCharsets.UTF_8));
            socket.shutdownOutput();
            Await.until(() -> "after your end".equals(late.get()));
        }
    }

    @Test
    void resetByTheEndpointReachesTheClientAsReset() throws Exception {
        serve(socket -> {
            socket.getInputStream().read();
            reset(socket);
        });
        try (Socket socket = web.connect()) {
            socket.getOutputStream().write(1);
            assertThatThrownBy(() -> socket.getInputStream().read()).hasMessageContaining("reset");
        }
    }

    @Test
    void resetByTheClientReachesTheEndpointAsReset() throws Exception {
        serve(socket -> {
            try {
                socket.getOutputStream().write(1);
                socket.getInputStream().readAllBytes();
                seenByPod.set(new AssertionError("an orderly end"));
            } catch (IOException failure) {
                seenByPod.set(failure);
            }
        });
        try (Socket socket = web.connect()) {
            socket.getInputStream().read();
            reset(socket);
        }
        Await.until(() -> seenByPod.get() != null);
        assertThat(seenByPod.get()).isInstanceOf(IOException.class).hasMessageContaining("reset");
    }

    @Test
    void stalledReaderHoldsTheWriterBackAndMemoryStaysBounded() throws Exception {
        ByteTally written = new ByteTally();
        serve(socket -> written.sendUntilEnd(socket, FAR_MORE_THAN_BUFFERS));
        web.connect().close();
        agent.awaitNoConnections();
        long residentBefore = agent.command().residentBytes();
        long writtenBefore = written.total();
        try (Socket stalled = web.connect()) {
            Await.untilSteady(() -> written.total() - writtenBefore);
            assertThat(written.total() - writtenBefore).isLessThan(FAR_MORE_THAN_BUFFERS / 4);
            assertThat(agent.command().residentBytes() - residentBefore).isLessThan(48L << 20);
            // It goes on where it stopped.
            assertThat(stalled.getInputStream().readNBytes(32 << 20)).hasSize(32 << 20);
        }
        agent.awaitNoConnections();
    }

    @Test
    void manyShortConnectionsLeaveNoDescriptorBehind() throws Exception {
        serve(socket -> socket.getOutputStream().write('a'));
        connectShortly(WARM_UP);
        agent.awaitNoConnections();
        double before = agent.metric("kubeferry_connections_total");
        double failuresBefore = agent.metric("kubeferry_connection_failures_total");
        long descriptors = agent.command().openDescriptors();
        long highest = descriptors;
        for (int done = 0; done < SHORT_CONNECTIONS; done += WARM_UP) {
            connectShortly(WARM_UP);
            highest = Math.max(highest, agent.command().openDescriptors());
        }
        agent.awaitNoConnections();
        assertThat(highest).isLessThan(descriptors + 50);
        Await.until(() -> agent.command().openDescriptors() <= descriptors + 2);
        assertThat(agent.metric("kubeferry_connections_total") - before).isEqualTo(SHORT_CONNECTIONS);
        assertThat(agent.metric("kubeferry_connection_failures_total")).isEqualTo(failuresBefore);
    }

    private void connectShortly(int times) throws IOException {
        for (int i = 0; i < times; i++) {
            try (Socket socket = web.connect()) {
                if (socket.getInputStream().read() != 'a') {
                    throw new AssertionError("no answer from the pod");
                }
            }
        }
    }

    private void serve(TestEndpoint.Conduct conduct) throws Exception {
        pod = new TestEndpoint(conduct);
        web = ServicePlace.ofClusterIp(CLUSTER_IP, FreePorts.next());
        Files.writeString(
                folder.resolve("web.yaml"),
                Manifests.file(
                        Manifests.service("web", CLUSTER_IP, web.port()),
                        Manifests.slice("web", "web-1", pod.address())));
        agent = RunningAgent.onManifests(folder);
        agent.awaitOutput("it/web:http");
    }

    private static void reset(Socket socket) throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }
}
