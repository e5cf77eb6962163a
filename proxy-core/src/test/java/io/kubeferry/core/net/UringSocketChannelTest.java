package io.kubeferry.core.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kubeferry.core.testing.Await;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.channel.uring.IoUringIoHandle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
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
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class UringSocketChannelTest {
    private static final long PATIENCE_SECONDS = 30;
    /** More than the first reads, which wait with a buffer. */
    private static final int MANY = 5;

    private static final int MORE_THAN_SOCKETS_TAKE = 32 << 20;
    private static final String END = "end of input";
    private static final String INACTIVE = "inactive";

    /** Tells how much of it is in use. */
    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);

    private final Queue<String> heard = new ConcurrentLinkedQueue<>();
    private final CompletableFuture<UringSocketChannel> accepted = new CompletableFuture<>();
    private EventLoops loops;
    private Socket client;
    private UringSocketChannel channel;

    @BeforeAll
    static void needsAnIoUring() {
        assumeTrue(IoUring.isAvailable());
    }

    @BeforeEach
    void connect() throws Exception {
        loops = new EventLoops(Transport.choose(TransportPreference.IO_URING), 1);
        UringServerChannel listener = new UringServerChannel();
        listener.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object child) {
                accept((UringSocketChannel) child);
            }
        });
        loops.register(loops.next(), listener).sync();
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .sync();
        client = new Socket(
                InetAddress.getLoopbackAddress(), listener.localAddress().getPort());
        channel = accepted.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private void accept(UringSocketChannel child) {
        child.config().setAllocator(allocator);
        child.config().setAutoRead(false);
        child.config().setAllowHalfClosure(true);
        child.pipeline().addLast(new Ear());
        loops.next().register(child).addListener(_ -> accepted.complete(child));
    }

    @AfterEach
    void close() throws Exception {
        client.close();
        loops.close();
        assertThat(inUse()).as("buffers in use when all is over").isZero();
    }

    @Test
    void whatNobodyWantsYetIsHeld() throws Exception {
        say("early");
        Await.until(() -> inUse() > 0);
        channel.eventLoop().submit(() -> {}).sync();
        assertThat(heard).isEmpty();

        channel.read();
        awaitHeard("early");
    }

    @Test
    void bytesArePassedOnBeforeTheEnd() throws Exception {
        say("last words");
        client.shutdownOutput();
        channel.config().setAutoRead(true);
        awaitHeard("last words", END);

        assertThat(channel.isInputShutdown()).isTrue();
        assertThat(channel.isOpen()).as("the other direction goes on").isTrue();
        channel.writeAndFlush(Unpooled.copiedBuffer("answer", StandardCharsets.US_ASCII))
                .sync();
        assertThat(client.getInputStream().readNBytes(6)).asString().isEqualTo("answer");
    }

    @Test
    void withoutHalfClosureTheEndCloses() throws Exception {
        channel.config().setAllowHalfClosure(false);
        channel.config().setAutoRead(true);
        client.shutdownOutput();

        awaitHeard(INACTIVE);
        assertThat(client.getInputStream().read()).isEqualTo(-1);
    }

    @Test
    void aResetIsToldThoughNobodyReads() throws Exception {
        reset();

        awaitHeard(SocketFailure.RESET.name(), INACTIVE);
    }

    @Test
    void aResetIsToldThoughAConnectionThatLastsIsPaused() throws Exception {
        talk(MANY);
        channel.config().setAutoRead(false);
        channel.eventLoop().submit(() -> {}).sync();
        heard.clear();
        reset();

        awaitHeard(SocketFailure.RESET.name(), INACTIVE);
    }

    @Test
    void aConnectionThatLastsHoldsNoBufferWhileItWaits() throws Exception {
        talk(MANY);

        Await.until(() -> inUse() == 0);
        say("still there");
        Await.until(() -> heard.contains("still there"));
    }

    @Test
    void whatComesWhileAConnectionThatLastsIsPausedIsReadAfterwards() throws Exception {
        talk(MANY);
        heard.clear();
        channel.config().setAutoRead(false);
        channel.eventLoop().submit(() -> {}).sync();
        say("meanwhile");
        channel.eventLoop().submit(() -> {}).sync();
        assertThat(heard).isEmpty();

        channel.config().setAutoRead(true);
        awaitHeard("meanwhile");
        client.shutdownOutput();
        awaitHeard("meanwhile", END);
    }

    @Test
    void aReadThatIsCalledOffPassesOnWhatItBroughtFirst() throws Exception {
        say("under way");
        Await.until(() -> inUse() > 0);
        CompletableFuture<String> heardBefore = new CompletableFuture<>();
        channel.eventLoop().execute(() -> channel.endReads(() -> heardBefore.complete(String.join(",", heard))));

        assertThat(heardBefore.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo("under way");
        assertThat(inUse()).isZero();
    }

    @Test
    void readingGoesOnAfterAReadWasCalledOff() throws Exception {
        for (int exchanges : new int[] {0, MANY}) {
            talk(exchanges);
            heard.clear();
            CompletableFuture<Void> ended = new CompletableFuture<>();
            channel.eventLoop().execute(() -> {
                channel.config().setAutoRead(false);
                channel.endReads(() -> ended.complete(null));
                // Before the ring has heard of it.
                channel.config().setAutoRead(true);
            });
            ended.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            say("more");
            awaitHeard("more");
        }
    }

    @Test
    void whatThePollStillTellsDoesNotBeginAReadThatWasCalledOff() throws Exception {
        talk(MANY);
        channel.config().setAutoRead(false);
        boolean reads = channel.eventLoop()
                .submit(() -> {
                    channel.endReads(() -> {});
                    tellOfPoll(UringOps.IN | UringOps.END | UringOps.ERROR);
                    return inUse() > 0;
                })
                .sync()
                .getNow();

        assertThat(reads).isFalse();
    }

    @Test
    void whatIsWrittenBehindTheEndOfInputIsWrittenWholeWithoutAThreadOfTheKernels() throws Exception {
        channel.config().setAutoRead(true);
        client.shutdownOutput();
        awaitHeard(END);
        ChannelFuture written = channel.writeAndFlush(
                allocator.directBuffer(MORE_THAN_SOCKETS_TAKE).writeZero(MORE_THAN_SOCKETS_TAKE));
        assertThat(client.getInputStream().read()).isZero();
        // A send that waits is given to a thread after some tries.
        channel.eventLoop().schedule(() -> {}, 100, TimeUnit.MILLISECONDS).sync();
        assertThat(written.isDone()).as("the client does not read").isFalse();
        assertThat(threads()).noneMatch(name -> name.startsWith("iou-wrk"));

        assertThat(client.getInputStream().readNBytes(MORE_THAN_SOCKETS_TAKE - 1))
                .hasSize(MORE_THAN_SOCKETS_TAKE - 1);
        written.sync();
    }

    @Test
    void aConnectionThatThereIsNoMemoryForIsClosed() throws Exception {
        talk(MANY);
        heard.clear();
        channel.config().setAllocator(new Exhausted());
        say("too much");

        awaitHeard(SocketFailure.OTHER.name(), INACTIVE);
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
        assertThat(channel.remoteAddress()).isEqualTo(client.getLocalSocketAddress());
    }

    @Test
    void closingCallsOffAReadThatIsUnderWay() throws Exception {
        channel.config().setAutoRead(true);
        Await.until(() -> inUse() > 0);
        channel.close().sync();

        assertThat(client.getInputStream().read()).as("the end").isEqualTo(-1);
        Await.until(() -> inUse() == 0);
    }

    @Test
    void closingCallsOffAWriteThatWaitsForRoom() throws Exception {
        channel.eventLoop()
                .execute(() -> channel.writeAndFlush(
                        allocator.directBuffer(MORE_THAN_SOCKETS_TAKE).writeZero(MORE_THAN_SOCKETS_TAKE)));
        assertThat(client.getInputStream().read()).isZero();
        channel.eventLoop().submit(() -> AbortiveClose.reset(channel)).sync();

        assertThatThrownBy(() -> client.getInputStream().readAllBytes()).hasMessageContaining("reset");
        Await.until(() -> inUse() == 0);
    }

    @Test
    void whatIsWrittenWhileTheKernelIsBusyGoesOutInOrder() throws Exception {
        int pieces = 2_000;
        channel.eventLoop().execute(() -> {
            for (int i = 0; i < pieces; i++) {
                channel.writeAndFlush(Unpooled.copyInt(i));
                channel.write(Unpooled.EMPTY_BUFFER);
            }
            channel.flush();
        });

        byte[] bytes = client.getInputStream().readNBytes(pieces * Integer.BYTES);
        ByteBuf all = Unpooled.wrappedBuffer(bytes);
        for (int i = 0; i < pieces; i++) {
            assertThat(all.readInt()).isEqualTo(i);
        }
    }

    @Test
    void optionsOfTheKernelCanBeReadBack() {
        channel.config().setKeepAlive(true).setReuseAddress(true).setSoLinger(7).setTrafficClass(8);

        assertThat(channel.config().isKeepAlive()).isTrue();
        assertThat(channel.config().isReuseAddress()).isTrue();
        assertThat(channel.config().getSoLinger()).isEqualTo(7);
        assertThat(channel.config().getTrafficClass()).isEqualTo(8);
        assertThat(channel.config().isTcpNoDelay()).as("as its listener has it").isTrue();
    }

    /** Exchanges words one by one, each of which is a read of its own. */
    private void talk(int words) throws Exception {
        channel.config().setAutoRead(true);
        for (int i = 0; i < words; i++) {
            int before = heard.size();
            say("word");
            Await.until(() -> heard.size() > before);
        }
    }

    private void tellOfPoll(int happened) {
        IoUringIoEvent event = new IoUringIoEvent(happened, 0, UringOps.POLL, UringReader.POLL_TAG);
        ((IoUringIoHandle) channel.unsafe()).handle(new FakeIoRegistration((IoUringIoHandle) channel.unsafe()), event);
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

    private void say(String words) throws Exception {
        client.getOutputStream().write(words.getBytes(StandardCharsets.US_ASCII));
    }

    private void reset() throws Exception {
        client.setSoLinger(true, 0);
        client.close();
    }

    private void awaitHeard(String... all) throws Exception {
        Await.until(() -> heard.size() >= all.length);
        assertThat(heard).containsExactly(all);
    }

    private long inUse() {
        return allocator.metric().usedDirectMemory();
    }

    /** Has no memory left. */
    private static final class Exhausted extends AbstractByteBufAllocator {
        @Override
        protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
            throw new IllegalStateException("no memory");
        }

        @Override
        protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
            throw new IllegalStateException("no memory");
        }

        @Override
        public boolean isDirectBufferPooled() {
            return false;
        }
    }

    /** Writes down what it is told. */
    private final class Ear extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            heard.add(bytes.toString(StandardCharsets.US_ASCII));
            bytes.release();
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event == ChannelInputShutdownEvent.INSTANCE) {
                heard.add(END);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            heard.add(SocketFailure.of(cause).name());
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            heard.add(INACTIVE);
        }
    }
}
