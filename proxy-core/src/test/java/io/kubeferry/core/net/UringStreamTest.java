package io.kubeferry.core.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kubeferry.core.testing.Await;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.netty.channel.uring.IoUring;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How a stream on an io_uring writes, closes, and has options. */
@Timeout(60)
class UringStreamTest {
    private static final int MORE_THAN_SOCKETS_TAKE = 32 << 20;

    private UringRig rig;

    @BeforeAll
    static void needsAnIoUring() {
        assumeTrue(IoUring.isAvailable());
    }

    @BeforeEach
    void connect() throws Exception {
        rig = new UringRig();
    }

    @AfterEach
    void close() throws Exception {
        rig.close();
    }

    @Test
    void whatIsWrittenBehindTheEndOfInputIsWrittenWholeWithoutAThreadOfTheKernels() throws Exception {
        rig.onLoop(rig.stream()::resumeReading);
        rig.client().shutdownOutput();
        rig.awaitHeard(UringRig.END);
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
        rig.awaitHeard(UringRig.WRITABLE);
        assertThat(rig.askOnLoop(rig.stream()::isWritable)).isTrue();
    }

    @Test
    void addressesAreNotAskedOfASocketThatHasNone() throws Exception {
        UringStream fresh = UringStream.unconnected();
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
    void closingCallsOffAReadThatIsUnderWay() throws Exception {
        rig.onLoop(rig.stream()::resumeReading);
        Await.until(() -> rig.inUse() > 0);
        rig.onLoop(rig.stream()::close);

        assertThat(rig.client().getInputStream().read()).as("the end").isEqualTo(-1);
        Await.until(() -> rig.inUse() == 0);
        assertThat(rig.heard()).isEmpty();
    }

    @Test
    void closingCallsOffAWriteThatWaitsForRoom() throws Exception {
        CompletableFuture<Void> written = writeMoreThanSocketsTake();
        assertThat(rig.client().getInputStream().read()).isZero();
        rig.onLoop(rig.stream()::reset);

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
        UringDescriptor socket = rig.stream().socket();
        rig.onLoop(() -> {
            rig.stream().set(ChannelOption.SO_KEEPALIVE, true);
            rig.stream().set(ChannelOption.SO_REUSEADDR, true);
            rig.stream().set(ChannelOption.SO_LINGER, 7);
            rig.stream().set(ChannelOption.IP_TOS, 8);
        });

        assertThat(UringOptions.get(socket, ChannelOption.SO_KEEPALIVE)).isTrue();
        assertThat(UringOptions.get(socket, ChannelOption.SO_REUSEADDR)).isTrue();
        assertThat(UringOptions.get(socket, ChannelOption.SO_LINGER)).isEqualTo(7);
        assertThat(UringOptions.get(socket, ChannelOption.IP_TOS)).isEqualTo(8);
        assertThat(UringOptions.get(socket, ChannelOption.TCP_NODELAY))
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
}
