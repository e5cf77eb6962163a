package io.kubeferry.core.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.testing.Await;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/** A channel that was accepted on an io_uring, its client, and what its pipeline has heard. Of one test's thread. */
final class UringRig implements AutoCloseable {
    /** Heard when the input has ended. */
    static final String END = "end of input";
    /** Heard when the channel is closed. */
    static final String INACTIVE = "inactive";

    private static final long PATIENCE_SECONDS = 30;

    /** Tells how much of it is in use. */
    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);

    private final Queue<String> heard = new ConcurrentLinkedQueue<>();
    private final CompletableFuture<UringSocketChannel> accepted = new CompletableFuture<>();
    private final EventLoops loops = new EventLoops(Transport.choose(TransportPreference.IO_URING), 1);
    private final Socket client;
    private final UringSocketChannel channel;

    UringRig() throws Exception {
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

    UringSocketChannel channel() {
        return channel;
    }

    Socket client() {
        return client;
    }

    UnpooledByteBufAllocator allocator() {
        return allocator;
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

    /** Exchanges words one by one, each of which is a read of its own. */
    void talk(int words) throws Exception {
        channel.config().setAutoRead(true);
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

    long inUse() {
        return allocator.metric().usedDirectMemory();
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
