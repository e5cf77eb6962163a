package io.kubeferry.core.relay;

import static io.kubeferry.core.relay.FarEnd.assertReset;
import static io.kubeferry.core.relay.FarEnd.checksumOfAll;
import static io.kubeferry.core.relay.FarEnd.countAll;
import static io.kubeferry.core.relay.FarEnd.receive;
import static io.kubeferry.core.relay.FarEnd.receiveAll;
import static io.kubeferry.core.relay.FarEnd.reset;
import static io.kubeferry.core.relay.FarEnd.send;
import static io.kubeferry.core.relay.FarEnd.sendRandom;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.kubeferry.core.net.TransportPreference;
import io.kubeferry.core.observe.CloseReason;
import io.kubeferry.core.testing.Await;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@link Relay} promises, over real sockets, for every relay kind and every transport of this host. */
@ParameterizedClass
@MethodSource("io.kubeferry.core.relay.RelayKind#onTransports")
class RelayContractTest {
    private static final int MEGABYTE = 1024 * 1024;

    private final TransportPreference transport;
    private final RelayKind kind;

    RelayContractTest(TransportPreference transport, RelayKind kind) {
        this.transport = transport;
        this.kind = kind;
    }

    @Test
    void bytesGoBothWaysAtOnceCompleteAndInOrder() throws Exception {
        try (RelayHarness harness = new RelayHarness(transport, kind)) {
            long toEndpoint = 24L * MEGABYTE + 12_345;
            long toClient = 16L * MEGABYTE + 1;
            CompletableFuture<Long> atEndpoint = checksumOfAll(harness.endpoint());
            CompletableFuture<Long> atClient = checksumOfAll(harness.client());
            CompletableFuture<Long> fromClient = sendRandom(harness.client(), toEndpoint, 1);
            CompletableFuture<Long> fromEndpoint = sendRandom(harness.endpoint(), toClient, 2);

            assertThat(atEndpoint.get()).isEqualTo(fromClient.get());
            assertThat(atClient.get()).isEqualTo(fromEndpoint.get());
            assertThat(harness.awaitEnd()).isEqualTo(CloseReason.COMPLETED);
            assertThat(harness.moved(Direction.TO_ENDPOINT)).isEqualTo(toEndpoint);
            assertThat(harness.moved(Direction.TO_CLIENT)).isEqualTo(toClient);
        }
    }

    @Test
    void clientThatSendsItsFinWithTheRequestGetsTheWholeAnswer() throws Exception {
        try (RelayHarness harness = new RelayHarness(transport, kind)) {
            send(harness.client(), "request");
            harness.client().shutdownOutput();

            assertThat(receiveAll(harness.endpoint())).isEqualTo("request");
            CompletableFuture<Long> atClient = checksumOfAll(harness.client());
            CompletableFuture<Long> fromEndpoint = sendRandom(harness.endpoint(), 4L * MEGABYTE, 3);

            assertThat(atClient.get()).isEqualTo(fromEndpoint.get());
            assertThat(harness.awaitEnd()).isEqualTo(CloseReason.COMPLETED);
        }
    }

    @Test
    void clientThatSentItsFinMayReadALargeAnswerAsSlowlyAsItLikes() throws Exception {
        try (RelayHarness harness = new RelayHarness(transport, kind)) {
            send(harness.client(), "request");
            harness.client().shutdownOutput();
            assertThat(receiveAll(harness.endpoint())).isEqualTo("request");

            CompletableFuture<Long> fromEndpoint = sendRandom(harness.endpoint(), 24L * MEGABYTE, 4);
            Await.untilSteady(() -> harness.moved(Direction.TO_CLIENT));
            assertThat(fromEndpoint).as("the writer is held back").isNotDone();

            assertThat(checksumOfAll(harness.client()).get()).isEqualTo(fromEndpoint.get());
            assertThat(harness.awaitEnd()).isEqualTo(CloseReason.COMPLETED);
        }
    }

    @Test
    void endpointThatEndsItsDirectionStillHearsTheClient() throws Exception {
        try (RelayHarness harness = new RelayHarness(transport, kind)) {
            send(harness.endpoint(), "banner");
            harness.endpoint().shutdownOutput();

            assertThat(receiveAll(harness.client())).isEqualTo("banner");
            assertThat(harness.hasEnded()).isFalse();
            send(harness.client(), "late words");
            harness.client().shutdownOutput();
            assertThat(receiveAll(harness.endpoint())).isEqualTo("late words");
            assertThat(harness.awaitEnd()).isEqualTo(CloseReason.COMPLETED);
        }
    }

    @Test
    void channelsAreClosedWhenBothDirectionsHaveEnded() throws Exception {
        try (RelayHarness harness = new RelayHarness(transport, kind)) {
            harness.client().shutdownOutput();
            harness.endpoint().shutdownOutput();

            assertThat(harness.awaitEnd()).isEqualTo(CloseReason.COMPLETED);
            Await.until(
                    () -> !harness.downstream().isOpen() && !harness.upstream().isOpen());
        }
    }

    @Test
    void resetOfTheClientReachesTheEndpointAsReset() throws Exception {
        try (RelayHarness harness = new RelayHarness(transport, kind)) {
            exchange(harness);
            reset(harness.client());

            assertReset(harness.endpoint());
            assertThat(harness.awaitEnd()).isEqualTo(CloseReason.DOWNSTREAM_RESET);
        }
    }

    @Test
    void resetOfTheEndpointReachesTheClientAsReset() throws Exception {
        try (RelayHarness harness = new RelayHarness(transport, kind)) {
            exchange(harness);
            reset(harness.endpoint());

            assertReset(harness.client());
            assertThat(harness.awaitEnd()).isEqualTo(CloseReason.UPSTREAM_RESET);
        }
    }

    @Test
    void resetOfTheClientAfterTheEndpointsFinReachesTheEndpointAsReset() throws Exception {
        try (RelayHarness harness = new RelayHarness(transport, kind)) {
            exchange(harness);
            harness.endpoint().shutdownOutput();
            assertThat(receiveAll(harness.client())).isEmpty();
            reset(harness.client());

            assertThat(harness.awaitEnd()).isEqualTo(CloseReason.DOWNSTREAM_RESET);
            Await.until(() -> writingFails(harness.endpoint()));
        }
    }

    @Test
    void wordsOfTheClientAfterTheEndpointsFinArriveAlsoIfTheEndpointReadsThemLate() throws Exception {
        try (RelayHarness harness = new RelayHarness(transport, kind)) {
            harness.endpoint().shutdownOutput();
            assertThat(receiveAll(harness.client())).isEmpty();
            CompletableFuture<Long> fromClient = sendRandom(harness.client(), 24L * MEGABYTE, 5);
            Await.untilSteady(() -> harness.moved(Direction.TO_ENDPOINT));
            assertThat(fromClient).as("the writer is held back").isNotDone();
            CompletableFuture<Long> atEndpoint = checksumOfAll(harness.endpoint());

            assertThat(atEndpoint.get()).isEqualTo(fromClient.get());
            assertThat(harness.awaitEnd()).isEqualTo(CloseReason.COMPLETED);
        }
    }

    @Test
    void bytesBeforeAResetAreDeliveredAsFarAsTheReaderTakesThem() throws Exception {
        try (RelayHarness harness = new RelayHarness(transport, kind)) {
            exchange(harness);
            send(harness.endpoint(), "last words");
            assertThat(receive(harness.client(), "last words".length())).isEqualTo("last words");
            reset(harness.endpoint());

            assertReset(harness.client());
        }
    }

    @Test
    void resetReachesTheOtherSideAlsoWhileThatSideReadsNothing() throws Exception {
        assumeThat(transport).as("NIO cannot ask the kernel").isNotEqualTo(TransportPreference.NIO);
        try (RelayHarness harness = new RelayHarness(transport, kind)) {
            fillTowardsSilentReader(harness.client(), harness);
            reset(harness.client());

            Await.until(() -> {
                harness.onLoop(() -> harness.relay().noticeUnseenReset());
                return harness.hasEnded();
            });
            assertThat(harness.awaitEnd()).isEqualTo(CloseReason.DOWNSTREAM_RESET);
        }
    }

    @Test
    void resetAfterTheFinIsNoticedByTheProbe() throws Exception {
        assumeThat(transport).as("NIO cannot ask the kernel").isNotEqualTo(TransportPreference.NIO);
        try (RelayHarness harness = new RelayHarness(transport, kind)) {
            exchange(harness);
            harness.client().shutdownOutput();
            assertThat(receiveAll(harness.endpoint())).isEmpty();
            reset(harness.client());

            Await.until(() -> {
                harness.onLoop(() -> harness.relay().noticeUnseenReset());
                return harness.hasEnded();
            });
            assertThat(harness.awaitEnd()).isEqualTo(CloseReason.DOWNSTREAM_RESET);
            Await.until(() -> writingFails(harness.endpoint()));
        }
    }

    @Test
    void theProbeLeavesAHealthyHalfClosedConnectionAlone() throws Exception {
        try (RelayHarness harness = new RelayHarness(transport, kind)) {
            harness.client().shutdownOutput();
            assertThat(receiveAll(harness.endpoint())).isEmpty();
            Await.until(() -> harness.relay().isHalfClosed());
            harness.onLoop(() -> harness.relay().noticeUnseenReset());

            send(harness.endpoint(), "still here");
            assertThat(receive(harness.client(), "still here".length())).isEqualTo("still here");
        }
    }

    @Test
    void silentReaderStopsTheWriterAndMemoryStaysBounded() throws Exception {
        try (RelayHarness harness = new RelayHarness(transport, kind)) {
            fillTowardsSilentReader(harness.client(), harness);
            assertThat(harness.pendingTowardsEndpoint()).isLessThan(2L * MEGABYTE);

            CompletableFuture<Long> atEndpoint = countAll(harness.endpoint());
            harness.client().shutdownOutput();
            assertThat(atEndpoint.get()).isEqualTo(harness.moved(Direction.TO_ENDPOINT));
        }
    }

    @Test
    void abortResetsBothSidesAndNamesItsReason() throws Exception {
        try (RelayHarness harness = new RelayHarness(transport, kind)) {
            exchange(harness);
            harness.onLoop(() -> harness.relay().abort(CloseReason.DRAIN_DEADLINE));

            assertReset(harness.client());
            assertReset(harness.endpoint());
            assertThat(harness.awaitEnd()).isEqualTo(CloseReason.DRAIN_DEADLINE);
        }
    }

    @Test
    void writingToAnEndpointThatClosedForGoodResetsTheClient() throws Exception {
        try (RelayHarness harness = new RelayHarness(transport, kind)) {
            exchange(harness);
            harness.endpoint().close();
            assertThat(harness.client().getInputStream().read()).isEqualTo(-1);

            Await.until(() -> writingFails(harness.client()));
            assertThat(harness.awaitEnd()).isEqualTo(CloseReason.UPSTREAM_RESET);
        }
    }

    @Test
    void smallMessagesPingPong() throws Exception {
        try (RelayHarness harness = new RelayHarness(transport, kind)) {
            for (int i = 0; i < 2_000; i++) {
                exchange(harness);
            }
            harness.client().shutdownOutput();
            harness.endpoint().shutdownOutput();
            assertThat(receiveAll(harness.endpoint())).as("nothing twice").isEmpty();
            assertThat(receiveAll(harness.client())).isEmpty();
            assertThat(harness.awaitEnd()).isEqualTo(CloseReason.COMPLETED);
            assertThat(harness.moved(Direction.TO_ENDPOINT)).isEqualTo(2_000L * "ping".length());
            assertThat(harness.moved(Direction.TO_CLIENT)).isEqualTo(2_000L * "pong".length());
        }
    }

    /** Writes until nothing more is taken, while the endpoint reads nothing. */
    static void fillTowardsSilentReader(Socket client, RelayHarness harness) throws Exception {
        LongAdder written = new LongAdder();
        Thread writer = Thread.ofVirtual().start(() -> {
            byte[] chunk = new byte[8 * 1024];
            try {
                OutputStream out = client.getOutputStream();
                while (!Thread.currentThread().isInterrupted()) {
                    out.write(chunk);
                    written.add(chunk.length);
                }
            } catch (IOException stopped) {
                // The test has closed or reset the socket under us.
            }
        });
        harness.onEnd(writer::interrupt);
        Await.untilSteady(written::sum);
        assertThat(writer.isAlive()).isTrue();
    }

    private static boolean writingFails(Socket socket) {
        try {
            send(socket, "anyone there?");
            return false;
        } catch (IOException brokenPipe) {
            return true;
        }
    }

    static void exchange(RelayHarness harness) throws IOException {
        send(harness.client(), "ping");
        assertThat(receive(harness.endpoint(), 4)).isEqualTo("ping");
        send(harness.endpoint(), "pong");
        assertThat(receive(harness.client(), 4)).isEqualTo("pong");
    }
}
