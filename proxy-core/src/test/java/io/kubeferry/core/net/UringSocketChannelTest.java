package io.kubeferry.core.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kubeferry.core.testing.Await;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.uring.IoUring;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How the channel of a socket on an io_uring writes, closes, and has options. */
@Timeout(60)
class UringSocketChannelTest {
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
        rig.channel().config().setAutoRead(true);
        rig.client().shutdownOutput();
        rig.awaitHeard(UringRig.END);
        ChannelFuture written = rig.channel()
                .writeAndFlush(
                        rig.allocator().directBuffer(MORE_THAN_SOCKETS_TAKE).writeZero(MORE_THAN_SOCKETS_TAKE));
        assertThat(rig.client().getInputStream().read()).isZero();
        // A send that waits is given to a thread after some tries.
        rig.channel().eventLoop().schedule(() -> {}, 100, TimeUnit.MILLISECONDS).sync();
        assertThat(written.isDone()).as("the rig.client() does not read").isFalse();
        assertThat(threads()).noneMatch(name -> name.startsWith("iou-wrk"));

        assertThat(rig.client().getInputStream().readNBytes(MORE_THAN_SOCKETS_TAKE - 1))
                .hasSize(MORE_THAN_SOCKETS_TAKE - 1);
        written.sync();
    }

    @Test
    void addressesAreNotAskedOfASocketThatHasNone() {
        UringSocketChannel fresh = new UringSocketChannel();
        try {
            assertThat(fresh.localAddress()).isNull();
            assertThat(fresh.remoteAddress()).isNull();
        } finally {
            fresh.unsafe().closeForcibly();
        }
        assertThat(rig.channel().remoteAddress()).isEqualTo(rig.client().getLocalSocketAddress());
    }

    @Test
    void closingCallsOffAReadThatIsUnderWay() throws Exception {
        rig.channel().config().setAutoRead(true);
        Await.until(() -> rig.inUse() > 0);
        rig.channel().close().sync();

        assertThat(rig.client().getInputStream().read()).as("the end").isEqualTo(-1);
        Await.until(() -> rig.inUse() == 0);
    }

    @Test
    void closingCallsOffAWriteThatWaitsForRoom() throws Exception {
        rig.channel()
                .eventLoop()
                .execute(() -> rig.channel()
                        .writeAndFlush(rig.allocator()
                                .directBuffer(MORE_THAN_SOCKETS_TAKE)
                                .writeZero(MORE_THAN_SOCKETS_TAKE)));
        assertThat(rig.client().getInputStream().read()).isZero();
        rig.channel()
                .eventLoop()
                .submit(() -> AbortiveClose.reset(rig.channel()))
                .sync();

        assertThatThrownBy(() -> rig.client().getInputStream().readAllBytes()).hasMessageContaining("reset");
        Await.until(() -> rig.inUse() == 0);
    }

    @Test
    void whatIsWrittenWhileTheKernelIsBusyGoesOutInOrder() throws Exception {
        int pieces = 2_000;
        rig.channel().eventLoop().execute(() -> {
            for (int i = 0; i < pieces; i++) {
                rig.channel().writeAndFlush(Unpooled.copyInt(i));
                rig.channel().write(Unpooled.EMPTY_BUFFER);
            }
            rig.channel().flush();
        });

        byte[] bytes = rig.client().getInputStream().readNBytes(pieces * Integer.BYTES);
        ByteBuf all = Unpooled.wrappedBuffer(bytes);
        for (int i = 0; i < pieces; i++) {
            assertThat(all.readInt()).isEqualTo(i);
        }
    }

    @Test
    void inputThatIsShutDownEndsAndOutputGoesOn() throws Exception {
        rig.channel().config().setAutoRead(true);
        rig.channel().shutdownInput().sync();

        rig.awaitHeard(UringRig.END);
        rig.channel()
                .writeAndFlush(Unpooled.copiedBuffer("answer", StandardCharsets.US_ASCII))
                .sync();
        assertThat(rig.client().getInputStream().readNBytes(6)).asString().isEqualTo("answer");
    }

    @Test
    void shuttingDownEndsBothDirections() throws Exception {
        rig.channel().config().setAutoRead(true);
        rig.channel().shutdown().sync();

        rig.awaitHeard(UringRig.END);
        assertThat(rig.client().getInputStream().read()).isEqualTo(-1);
        assertThat(rig.channel().isShutdown()).isTrue();
    }

    @Test
    void optionsOfTheKernelCanBeReadBack() {
        rig.channel()
                .config()
                .setKeepAlive(true)
                .setReuseAddress(true)
                .setSoLinger(7)
                .setTrafficClass(8);

        assertThat(rig.channel().config().isKeepAlive()).isTrue();
        assertThat(rig.channel().config().isReuseAddress()).isTrue();
        assertThat(rig.channel().config().getSoLinger()).isEqualTo(7);
        assertThat(rig.channel().config().getTrafficClass()).isEqualTo(8);
        assertThat(rig.channel().config().isTcpNoDelay())
                .as("as its listener has it")
                .isTrue();
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
