package io.kubeferry.core.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.testing.Await;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ServerSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A stream that was accepted on a transport of Linux', its client, and what its listener has heard. Of one test's thread. */
final class StreamRig implements AutoCloseable {
    /** Heard when the input has ended. */
    static final String END = "end of input";
    /** Heard when there is room again. */
    static final String WRITABLE = "writable again";

    private static final long PATIENCE_SECONDS = 30;

    private final Memory memory = new Memory();
    private final Queue<String> heard = new ConcurrentLinkedQueue<>();
    private final CompletableFuture<NativeStream> accepted = new CompletableFuture<>();
    private final EventLoops loops;
    private final Socket client;
    private final NativeStream stream;

    StreamRig(TransportPreference transport) throws Exception {
        loops = new EventLoops(Transport.choose(transport), 1);
        ServerSocketChannel listener = loops.transport().newServerChannel();
        listener.config().setAllocator(memory);
        listener.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object child) {
                NativeStream stream = (NativeStream) child;
                stream.accept(context.channel().eventLoop(), new Ear(stream));
            }
        });
        loops.register(loops.next(), listener).sync();
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .sync();
        client = new Socket(
                InetAddress.getLoopbackAddress(), listener.localAddress().getPort());
        stream = accepted.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    NativeStream stream() {
        return stream;
    }

    /** The watch of the stream, on its loop. */
    SocketWatch watch() {
        return loops.watch(stream);
    }

    Socket client() {
        return client;
    }

    Queue<String> heard() {
        return heard;
    }

    @Override
    public void close() throws IOException {
        client.close();
        loops.close();
        assertThat(inUse()).as("buffers in use when all is over").isZero();
    }

    void onLoop(Runnable action) throws Exception {
        stream.eventLoop().submit(action).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    <T> T askOnLoop(Callable<T> question) throws Exception {
        return stream.eventLoop().submit(question).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** Lets the event loop finish what it is at. */
    void turn() throws Exception {
        onLoop(() -> {});
    }

    /** Exchanges words one by one, each of which is a read of its own. */
    void talk(int words) throws Exception {
        onLoop(stream::resumeReading);
        for (int i = 0; i < words; i++) {
            int before = heard.size();
            say("word");
            Await.until(() -> heard.size() > before);
        }
    }

    void say(String words) throws Exception {
        client.getOutputStream().write(words.getBytes(StandardCharsets.US_ASCII));
    }

    void reset() throws Exception {
        client.setSoLinger(true, 0);
        client.close();
    }

    void awaitHeard(String... all) throws Exception {
        Await.until(() -> heard.size() >= all.length);
        assertThat(heard).containsExactly(all);
    }

    /** Bytes that the stream, or whoever has got them from it, has not released. */
    long inUse() {
        return memory.unpooled.metric().usedDirectMemory();
    }

    /** How many buffers the stream has asked for so far. */
    int buffers() {
        return memory.buffers.get();
    }

    /** A buffer of {@code bytes} zeros. */
    ByteBuf zeros(int bytes) {
        return memory.directBuffer(bytes).writeZero(bytes);
    }

    /** From now on there is no memory for the stream. */
    void useUpMemory() {
        memory.isUsedUp = true;
    }

    /** Writes down what it is told. */
    private final class Ear implements StreamListener {
        private final NativeStream its;

        Ear(NativeStream its) {
            this.its = its;
        }

        @Override
        public void opened() {
            accepted.complete(its);
        }

        @Override
        public void read(ByteBuf bytes) {
            heard.add(bytes.toString(StandardCharsets.US_ASCII));
            bytes.release();
        }

        @Override
        public void inputEnded() {
            heard.add(END);
        }

        @Override
        public void writableAgain() {
            heard.add(WRITABLE);
        }

        @Override
        public void failed(Throwable cause) {
            heard.add(SocketFailure.of(cause).name());
        }
    }

    /** Tells how much of it is in use, and may be used up. */
    private static final class Memory extends AbstractByteBufAllocator {
        private final UnpooledByteBufAllocator unpooled = new UnpooledByteBufAllocator(true);
        private final AtomicInteger buffers = new AtomicInteger();
        private volatile boolean isUsedUp;

        @Override
        protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
            return unpooled.heapBuffer(initialCapacity, maxCapacity);
        }

        @Override
        protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
            if (isUsedUp) {
                throw new IllegalStateException("no memory");
            }
            buffers.incrementAndGet();
            return unpooled.directBuffer(initialCapacity, maxCapacity);
        }

        @Override
        public boolean isDirectBufferPooled() {
            return false;
        }
    }
}
