package io.kubeferry.core.relay;

import static io.kubeferry.core.relay.FarEnd.assertReset;
import static io.kubeferry.core.relay.FarEnd.checksumOfAll;
import static io.kubeferry.core.relay.FarEnd.reset;
import static io.kubeferry.core.relay.FarEnd.sendRandom;
import static io.kubeferry.core.relay.RelayContractTest.exchange;
import static io.kubeferry.core.relay.RelayContractTest.fillTowardsSilentReader;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.net.KernelPipe;
import io.kubeferry.core.net.PipePool;
import io.kubeferry.core.net.Splicing;
import io.kubeferry.core.net.Transport;
import io.kubeferry.core.net.TransportPreference;
import io.kubeferry.core.observe.CloseReason;
import io.kubeferry.core.testing.Await;
import io.kubeferry.core.testing.Transports;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What only a relay with pipes can get wrong, beside the contract that it is held to as every kind is. */
@ParameterizedClass
@MethodSource("transports")
class SplicingRelayTest {
    private static final long MEGABYTE = 1024 * 1024;

    private final TransportPreference transport;

    SplicingRelayTest(TransportPreference transport) {
        this.transport = transport;
    }

    static List<TransportPreference> transports() {
        return Transports.available().stream()
                .filter(preference -> Transport.choose(preference).canSplice())
                .toList();
    }

    @Test
    void directionIsSplicedWhileItIsBulkAndTheOtherIsNot() throws Exception {
        try (RelayHarness harness = new RelayHarness(transport, RelayKind.SPLICING)) {
            SplicingRelay relay = (SplicingRelay) harness.relay();
            exchange(harness);
            assertThat(relay.isSpliced(Direction.TO_ENDPOINT)).isFalse();

            sendAndReceive(harness.client(), harness.endpoint(), 4 * MEGABYTE);
            assertThat(relay.isSpliced(Direction.TO_ENDPOINT)).isTrue();
            assertThat(relay.isSpliced(Direction.TO_CLIENT)).isFalse();

            for (int i = 0; i < 20; i++) {
                exchange(harness);
            }
            assertThat(relay.isSpliced(Direction.TO_ENDPOINT)).isFalse();
            assertThat(harness.moved(Direction.TO_ENDPOINT)).isEqualTo(4 * MEGABYTE + 21L * "ping".length());
        }
    }

    @Test
    void manyMegabytesGoBothWaysAtOnce() throws Exception {
        try (RelayHarness harness = new RelayHarness(transport, RelayKind.SPLICING)) {
            CompletableFuture<Long> atEndpoint = checksumOfAll(harness.endpoint());
            CompletableFuture<Long> atClient = checksumOfAll(harness.client());
            CompletableFuture<Long> fromClient = sendRandom(harness.client(), 200 * MEGABYTE, 5);
            CompletableFuture<Long> fromEndpoint = sendRandom(harness.endpoint(), 200 * MEGABYTE, 6);

            assertThat(atEndpoint.get()).isEqualTo(fromClient.get());
            assertThat(atClient.get()).isEqualTo(fromEndpoint.get());
            assertThat(harness.awaitEnd()).isEqualTo(CloseReason.COMPLETED);
            assertThat(harness.moved(Direction.TO_ENDPOINT)).isEqualTo(200 * MEGABYTE);
            assertThat(harness.moved(Direction.TO_CLIENT)).isEqualTo(200 * MEGABYTE);
        }
    }

    @Test
    void resetIsPassedOnAtOnceAlsoWithBytesInThePipe() throws Exception {
        try (RelayHarness harness = new RelayHarness(transport, RelayKind.EAGERLY_SPLICING)) {
            fillTowardsSilentReader(harness.client(), harness);
            reset(harness.client());

            assertThat(harness.awaitEnd()).isEqualTo(CloseReason.DOWNSTREAM_RESET);
            assertReset(harness.endpoint());
        }
    }

    @Test
    void readerThatResetsWithBytesInThePipeIsTheOneToBlame() throws Exception {
        try (RelayHarness harness = new RelayHarness(transport, RelayKind.EAGERLY_SPLICING)) {
            fillTowardsSilentReader(harness.client(), harness);
            reset(harness.endpoint());

            assertThat(harness.awaitEnd()).isEqualTo(CloseReason.UPSTREAM_RESET);
        }
    }

    @Test
    void abortWithBytesInThePipeResetsBothSides() throws Exception {
        try (RelayHarness harness = new RelayHarness(transport, RelayKind.EAGERLY_SPLICING)) {
            fillTowardsSilentReader(harness.client(), harness);
            harness.onLoop(() -> harness.relay().abort(CloseReason.DRAIN_DEADLINE));

            assertReset(harness.endpoint());
            assertThat(harness.awaitEnd()).isEqualTo(CloseReason.DRAIN_DEADLINE);
        }
    }

    @Test
    void endOfInputComesAfterTheBytesInThePipe() throws Exception {
        try (RelayHarness harness = new RelayHarness(transport, RelayKind.EAGERLY_SPLICING)) {
            CompletableFuture<Long> fromClient = sendRandom(harness.client(), 24 * MEGABYTE, 7);
            Await.untilSteady(() -> harness.moved(Direction.TO_ENDPOINT));
            assertThat(fromClient).as("the writer is held back").isNotDone();

            assertThat(checksumOfAll(harness.endpoint()).get()).isEqualTo(fromClient.get());
        }
    }

    @Test
    void readerThatHasKeptUpForLongIsServedWithALargePipe() throws Exception {
        try (RelayHarness harness = new RelayHarness(transport, RelayKind.EAGERLY_SPLICING)) {
            exchangePieces(harness, MEGABYTE);
            long withTheUsualPipe = openEndsOfPipes();

            exchangePieces(harness, 16 * MEGABYTE);
            assertThat(openEndsOfPipes()).isEqualTo(withTheUsualPipe + 2);
        }
    }

    @Test
    void silentReaderLeavesTheLargePipesToOthers() throws Exception {
        PipePool pipes = new PipePool(RelayHarness.SPLICING, 8);
        List<Integer> rooms = roomsOfLargest(pipes);
        assertThat(rooms.getLast()).as("not all are large").isLessThan(rooms.getFirst());
        try (RelayHarness harness = new RelayHarness(transport, RelayKind.EAGERLY_SPLICING, pipes)) {
            fillTowardsSilentReader(harness.client(), harness);

            assertThat(harness.onLoopAsk(() -> roomsOfLargest(pipes))).isEqualTo(rooms);
        }
    }

    @Test
    void directionsThatFindNoPipeAreCopied() throws Exception {
        PipePool one = new PipePool(RelayHarness.SPLICING, 1);
        try (RelayHarness harness = new RelayHarness(transport, RelayKind.EAGERLY_SPLICING, one)) {
            CompletableFuture<Long> fromClient = sendRandom(harness.client(), 24 * MEGABYTE, 8);
            Await.untilSteady(() -> harness.moved(Direction.TO_ENDPOINT));
            assertThat(harness.onLoopAsk(one::canLend))
                    .as("the pipe holds bytes")
                    .isFalse();

            CompletableFuture<Long> fromEndpoint = sendRandom(harness.endpoint(), 24 * MEGABYTE, 9);
            assertThat(checksumOfAll(harness.client()).get()).isEqualTo(fromEndpoint.get());
            assertThat(checksumOfAll(harness.endpoint()).get()).isEqualTo(fromClient.get());
            assertThat(harness.awaitEnd()).isEqualTo(CloseReason.COMPLETED);
        }
    }

    @Test
    void whereTheKernelRefusesEverythingIsCopied() throws Exception {
        PipePool pipes = new PipePool(new Splicing(), 1);
        pipes.refuse(new IOException("as a seccomp filter would"));
        try (RelayHarness harness = new RelayHarness(transport, RelayKind.EAGERLY_SPLICING, pipes)) {
            sendAndReceive(harness.client(), harness.endpoint(), 4 * MEGABYTE);
            assertThat(((SplicingRelay) harness.relay()).isSpliced(Direction.TO_ENDPOINT))
                    .isFalse();
        }
    }

    @Test
    void noDescriptorIsLeftBehind() throws Exception {
        endWithBytesInThePipe(new PipePool(RelayHarness.SPLICING, 2));
        long before = openDescriptors();
        for (int i = 0; i < 10; i++) {
            endWithBytesInThePipe(new PipePool(RelayHarness.SPLICING, 2));
        }
        Await.until(() -> openDescriptors() <= before);
    }

    @Test
    void anotherPipeTakesThePlaceOfOneThatEndedWithBytesInIt() throws Exception {
        PipePool one = new PipePool(RelayHarness.SPLICING, 1);
        endWithBytesInThePipe(one);

        KernelPipe another = one.borrow().orElseThrow();
        assertThat(another.isEmpty()).isTrue();
        another.close();
    }

    private void endWithBytesInThePipe(PipePool pipes) throws Exception {
        try (RelayHarness harness = new RelayHarness(transport, RelayKind.EAGERLY_SPLICING, pipes)) {
            fillTowardsSilentReader(harness.client(), harness);
            reset(harness.endpoint());
            harness.awaitEnd();
        }
    }

    private static long openDescriptors() {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        } catch (IOException noProc) {
            throw new AssertionError(noProc);
        }
    }

    private static long openEndsOfPipes() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.filter(SplicingRelayTest::isPipe).count();
        }
    }

    private static boolean isPipe(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("pipe:");
        } catch (IOException closedMeanwhile) {
            return false;
        }
    }

    private static List<Integer> roomsOfLargest(PipePool pipes) {
        List<KernelPipe> largest = Stream.generate(pipes::borrowLarge)
                .limit(3)
                .map(Optional::orElseThrow)
                .toList();
        largest.forEach(pipes::giveBack);
        return largest.stream().map(KernelPipe::room).toList();
    }

    /** Each piece is read before the next is sent, so nobody ever waits for room. */
    private static void exchangePieces(RelayHarness harness, long bytes) throws IOException {
        byte[] piece = new byte[32 * 1024];
        for (long sent = 0; sent < bytes; sent += piece.length) {
            harness.client().getOutputStream().write(piece);
            assertThat(harness.endpoint().getInputStream().readNBytes(piece.length))
                    .hasSize(piece.length);
        }
    }

    private static void sendAndReceive(Socket from, Socket to, long bytes) throws Exception {
        CompletableFuture<Integer> received = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                received.complete(to.getInputStream().readNBytes(Math.toIntExact(bytes)).length);
            } catch (IOException failure) {
                received.completeExceptionally(failure);
            }
        });
        from.getOutputStream().write(new byte[Math.toIntExact(bytes)]);
        assertThat(received.get()).isEqualTo(Math.toIntExact(bytes));
    }
}
