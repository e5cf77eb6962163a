package io.kubeferry.core.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubeferry.core.testing.Await;
import io.kubeferry.core.testing.Transports;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** How a stream on a socket of Linux' reads, writes, closes, and has options, whichever transport drives it. */
@Timeout(60)
@ParameterizedClass(allowZeroInvocations = true)
@MethodSource("transports")
class NativeStreamTest {
    private static final int MORE_THAN_SOCKETS_TAKE = 32 << 20;

    /** More than a stream reads on an io_uring before it takes a connection for one that lasts. */
    private static final int MANY = 5;

    private final TransportPreference transport;
    private StreamRig rig;

    NativeStreamTest(TransportPreference transport) {
        this.transport = transport;
    }

    static List<TransportPreference> transports() {
        return Transports.ofLinux();
    }

    @BeforeEach
    void connect() throws Exception {
        rig = new StreamRig(transport);
    }

    @AfterEach
    void close() throws Exception {
        rig.close();
    }

    @Test
    void bytesArePassedOnBeforeTheEnd() throws Exception {
        rig.say("last words");
        rig.client().shutdownOutput();
        rig.onLoop(rig.stream()::resumeReading);
        rig.awaitHeard("last words", StreamRig.END);

        assertThat(rig.stream().isInputEnded()).isTrue();
        assertThat(rig.stream().isOpen()).as("the other direction goes on").isTrue();
        rig.onLoop(() -> {
            rig.stream().write(Unpooled.copiedBuffer("answer", StandardCharsets.US_ASCII));
            rig.stream().flush();
        });
        assertThat(rig.client().getInputStream().readNBytes(6)).asString().isEqualTo("answer");
    }

    @Test
    void aResetIsToldToWhoeverReads() throws Exception {
        rig.talk(MANY);
        rig.heard().clear();
        rig.reset();

        rig.awaitHeard(SocketFailure.RESET.name());
        assertThat(rig.stream().isOpen()).isFalse();
    }

    @Test
    void whoeverAsksForMoreWhileItIsToldGetsItAfterwards() throws Exception {
        Queue<Integer> depths = new ConcurrentLinkedQueue<>();
        rig.say("x".repeat(20_000));
        rig.onLoop(() -> {
            rig.stream().setListener(new Insatiable(rig.stream(), depths));
            rig.stream().resumeReading();
        });

        Await.until(() -> depths.size() > 1);
        assertThat(depths).containsOnly(1);
    }

    @Test
    void aResetIsToldThoughNobodyReads() throws Exception {
        rig.reset();

        rig.awaitHeard(SocketFailure.RESET.name());
    }

    @Test
    void aResetIsToldThoughAConnectionThatLastsIsPaused() throws Exception {
        rig.talk(MANY);
        rig.onLoop(rig.stream()::pauseReading);
        rig.turn();
        rig.heard().clear();
        rig.reset();

        rig.awaitHeard(SocketFailure.RESET.name());
    }

    @Test
    void aConnectionThatLastsHoldsNoBufferWhileItWaits() throws Exception {
        rig.talk(MANY);

        Await.until(() -> rig.inUse() == 0);
        rig.say("still there");
        Await.until(() -> rig.heard().contains("still there"));
    }

    @Test
    void whatComesWhileAConnectionThatLastsIsPausedIsReadAfterwards() throws Exception {
        rig.talk(MANY);
        rig.heard().clear();
        rig.onLoop(rig.stream()::pauseReading);
        rig.turn();
        rig.say("meanwhile");
        rig.turn();
        assertThat(rig.heard()).isEmpty();

        rig.onLoop(rig.stream()::resumeReading);
        rig.awaitHeard("meanwhile");
        rig.client().shutdownOutput();
        rig.awaitHeard("meanwhile", StreamRig.END);
    }

    @Test
    void readingGoesOnAfterAReadWasCalledOff() throws Exception {
        for (int exchanges : new int[] {0, MANY}) {
            rig.talk(exchanges);
            rig.heard().clear();
            CompletableFuture<Void> ended = new CompletableFuture<>();
            rig.onLoop(() -> {
                rig.stream().pauseReading();
                rig.watch().endReads(() -> ended.complete(null));
                // Before the kernel has heard of it.
                rig.stream().resumeReading();
            });
            ended.get(30, TimeUnit.SECONDS);
            rig.say("more");
            rig.awaitHeard("more");
        }
    }

    @Test
    void aConnectionThatThereIsNoMemoryForIsClosed() throws Exception {
        rig.talk(MANY);
        rig.heard().clear();
        rig.useUpMemory();
        rig.say("too much");

        rig.awaitHeard(SocketFailure.OTHER.name());
    }

    @Test
    void whatIsWrittenBehindTheEndOfInputIsWrittenWholeWithoutAThreadOfTheKernels() throws Exception {
        rig.onLoop(rig.stream()::resumeReading);
        rig.client().shutdownOutput();
        rig.awaitHeard(StreamRig.END);
        CompletableFuture<Void> written = writeMoreThanSocketsTake();
        assertThat(rig.client().getInputStream().read()).isZero();
        // A send that waits is given to a thread after some tries.
        rig.stream().eventLoop().schedule(() -> {}, 100, TimeUnit.MILLISECONDS).sync();
        assertThat(written).as("the client does not read").isNotDone();
        assertThat(threads()).noneMatch(name -> name.startsWith("iou-wrk"));

        assertThat(rig.client().getInputStream().readNBytes(MORE_THAN_SOCKETS_TAKE - 1))
                .hasSize(MORE_THAN_SOCKETS_TAKE - 1);
        written.get(30, TimeUnit.SECONDS);
    }

    @Test
    void whoeverWritesHearsWhenThereIsRoomAgain() throws Exception {
        assertThat(rig.askOnLoop(rig.stream()::isWritable)).isTrue();
        CompletableFuture<Void> written = writeMoreThanSocketsTake();
        assertThat(rig.askOnLoop(rig.stream()::isWritable)).isFalse();
        assertThat(rig.heard()).isEmpty();

        assertThat(rig.client().getInputStream().readNBytes(MORE_THAN_SOCKETS_TAKE))
                .hasSize(MORE_THAN_SOCKETS_TAKE);
        written.get(30, TimeUnit.SECONDS);
        rig.awaitHeard(StreamRig.WRITABLE);
        assertThat(rig.askOnLoop(rig.stream()::isWritable)).isTrue();
    }

    @Test
    void addressesAreNotAskedOfASocketThatHasNone() throws Exception {
        TcpStream fresh = Transport.choose(transport).newStream(InetAddress.getLoopbackAddress());
        try {
            assertThat(fresh.localAddress()).isNull();
            assertThat(fresh.remoteAddress()).isNull();
        } finally {
            fresh.close();
        }
        assertThat(rig.askOnLoop(rig.stream()::remoteAddress))
                .isEqualTo(rig.client().getLocalSocketAddress());
        assertThat(rig.askOnLoop(rig.stream()::localAddress))
                .isEqualTo(rig.client().getRemoteSocketAddress());
    }

    @Test
    void closingCallsOffAWriteThatWaitsForRoom() throws Exception {
        CompletableFuture<Void> written = writeMoreThanSocketsTake();
        assertThat(rig.client().getInputStream().read()).isZero();
        rig.onLoop(() -> {
            rig.stream().write(rig.zeros(1));
            rig.stream().reset();
        });

        assertThatThrownBy(() -> rig.client().getInputStream().readAllBytes()).hasMessageContaining("reset");
        Await.until(() -> rig.inUse() == 0);
        assertThat(written).isNotDone();
    }

    @Test
    void whatIsWrittenWhileTheKernelIsBusyGoesOutInOrder() throws Exception {
        int pieces = 2_000;
        rig.onLoop(() -> {
            for (int i = 0; i < pieces; i++) {
                rig.stream().write(Unpooled.copyInt(i));
                rig.stream().flush();
                rig.stream().write(Unpooled.EMPTY_BUFFER);
            }
            rig.stream().flush();
        });

        byte[] bytes = rig.client().getInputStream().readNBytes(pieces * Integer.BYTES);
        ByteBuf all = Unpooled.wrappedBuffer(bytes);
        for (int i = 0; i < pieces; i++) {
            assertThat(all.readInt()).isEqualTo(i);
        }
    }

    @Test
    void whatIsWrittenToAClosedStreamIsLetGo() throws Exception {
        rig.onLoop(() -> {
            rig.stream().close();
            rig.stream().write(rig.zeros(1));
            rig.stream().flush();
        });

        Await.until(() -> rig.inUse() == 0);
    }

    @Test
    void aFinEndsTheOutputAndInputGoesOn() throws Exception {
        rig.onLoop(rig.stream()::resumeReading);
        rig.askOnLoop(() -> {
            rig.stream().sendFin();
            return true;
        });

        assertThat(rig.client().getInputStream().read()).as("the end").isEqualTo(-1);
        rig.say("still here");
        rig.awaitHeard("still here");
    }

    @Test
    void optionsOfTheKernelCanBeReadBack() throws Exception {
        TcpDescriptor socket = rig.stream().socket();
        rig.onLoop(() -> {
            rig.stream().set(ChannelOption.SO_KEEPALIVE, true);
            rig.stream().set(ChannelOption.SO_REUSEADDR, true);
            rig.stream().set(ChannelOption.SO_LINGER, 7);
            rig.stream().set(ChannelOption.IP_TOS, 8);
        });

        assertThat(KernelOptions.get(socket, ChannelOption.SO_KEEPALIVE)).isTrue();
        assertThat(KernelOptions.get(socket, ChannelOption.SO_REUSEADDR)).isTrue();
        assertThat(KernelOptions.get(socket, ChannelOption.SO_LINGER)).isEqualTo(7);
        assertThat(KernelOptions.get(socket, ChannelOption.IP_TOS)).isEqualTo(8);
        assertThat(KernelOptions.get(socket, ChannelOption.TCP_NODELAY))
                .as("as its listener has it")
                .isTrue();
    }

    private CompletableFuture<Void> writeMoreThanSocketsTake() throws Exception {
        CompletableFuture<Void> written = new CompletableFuture<>();
        rig.onLoop(() -> {
            rig.stream().write(rig.zeros(MORE_THAN_SOCKETS_TAKE));
            rig.stream().flush();
            rig.stream().whenWritten(() -> written.complete(null));
        });
        return written;
    }

    private static List<String> threads() throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
            for (Path task : tasks) {
                names.add(Files.readString(task.resolve("comm")));
            }
        }
        return names;
    }

    /** Asks for more with each piece that it is told, and notes how deep in such calls it is. */
    private static final class Insatiable implements StreamListener {
        private final TcpStream stream;
        private final Queue<Integer> depths;
        private int depth;

        Insatiable(TcpStream stream, Queue<Integer> depths) {
            this.stream = stream;
            this.depths = depths;
        }

        @Override
        public void read(ByteBuf bytes) {
            bytes.release();
            depths.add(++depth);
            stream.resumeReading();
            depth--;
        }

        @Override
        public void failed(Throwable cause) {}
    }
}
