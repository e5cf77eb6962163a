package io.kubeferry.core.relay;

import io.kubeferry.core.net.Dial;
import io.kubeferry.core.net.EventLoops;
import io.kubeferry.core.net.PipePool;
import io.kubeferry.core.net.SocketTuning;
import io.kubeferry.core.net.Splicing;
import io.kubeferry.core.net.StreamListener;
import io.kubeferry.core.net.TcpStream;
import io.kubeferry.core.net.Transport;
import io.kubeferry.core.net.TransportPreference;
import io.kubeferry.core.observe.CloseReason;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ServerSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** One relay between two real connections, with plain blocking sockets at their far ends. */
final class RelayHarness implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;

    /** Fixed, since some hosts let a buffer grow to all that a test sends, and then nobody is ever held back. */
    private static final int RECEIVE_BUFFER = 256 * 1024;

    /** One for each direction. */
    private static final int ENOUGH_PIPES = 2;

    /** Ready from the start, so that no test depends on how long that takes. */
    static final Splicing SPLICING = new Splicing();

    static {
        SPLICING.prepare();
    }

    private final RelayKind kind;
    private final EventLoops loops;
    private final PipePool pipes;
    private final Channel listener;
    private final ServerSocket endpointListener;
    private final Socket client;
    private final Socket endpoint;
    private final Map<Direction, LongAdder> moved = new ConcurrentHashMap<>();
    private final List<Runnable> cleanUps = new ArrayList<>();
    private final CompletableFuture<CloseReason> end = new CompletableFuture<>();
    private final CompletableFuture<Relay> relay = new CompletableFuture<>();
    private final CompletableFuture<TcpStream> downstream = new CompletableFuture<>();
    private final CompletableFuture<TcpStream> upstream = new CompletableFuture<>();

    RelayHarness(TransportPreference preference, RelayKind kind) throws Exception {
        this(preference, kind, new PipePool(SPLICING, ENOUGH_PIPES));
    }

    RelayHarness(TransportPreference preference, RelayKind kind, PipePool pipes) throws Exception {
        this.kind = kind;
        this.pipes = pipes;
        Transport transport = Transport.choose(preference);
        loops = new EventLoops(transport, 1);
        endpointListener = new ServerSocket();
        endpointListener.setReceiveBufferSize(RECEIVE_BUFFER);
        endpointListener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        EventLoop loop = loops.next();
        ServerSocketChannel server = transport.newServerChannel();
        server.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object accepted) {
                connect(transport, loop, Transport.accepted(accepted));
            }
        });
        new SocketTuning(transport).applyTo(server);
        server.config().setReceiveBufferSize(RECEIVE_BUFFER);
        loop.register(server).sync();
        listener = server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .sync()
                .channel();
        client = new Socket();
        client.setReceiveBufferSize(RECEIVE_BUFFER);
        client.connect(listener.localAddress());
        endpoint = endpointListener.accept();
        relay.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private void connect(Transport transport, EventLoop loop, TcpStream accepted) {
        new SocketTuning(transport).applyToAccepted(accepted);
        TcpStream connecting = transport.newStream(InetAddress.getLoopbackAddress());
        connecting.set(ChannelOption.SO_RCVBUF, RECEIVE_BUFFER);
        downstream.complete(accepted);
        upstream.complete(connecting);
        accepted.accept(loop, new Opened(accepted, connecting));
    }

    Socket client() {
        return client;
    }

    Socket endpoint() {
        return endpoint;
    }

    TcpStream downstream() {
        return downstream.join();
    }

    TcpStream upstream() {
        return upstream.join();
    }

    Relay relay() {
        return relay.join();
    }

    void onLoop(Runnable action) throws Exception {
        downstream().eventLoop().submit(action).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    <T> T onLoopAsk(Callable<T> question) throws Exception {
        return downstream().eventLoop().submit(question).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    long moved(Direction direction) {
        return moved.computeIfAbsent(direction, _ -> new LongAdder()).sum();
    }

    boolean hasEnded() {
        return end.isDone();
    }

    CloseReason awaitEnd() throws Exception {
        return end.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** Bytes that wait in memory for the endpoint to take them. */
    long pendingTowardsEndpoint() throws Exception {
        return onLoopAsk(upstream()::unwrittenBytes);
    }

    /** Runs {@code cleanUp} when the harness is closed. */
    void onEnd(Runnable cleanUp) {
        cleanUps.add(cleanUp);
    }

    @Override
    public void close() throws IOException {
        cleanUps.forEach(Runnable::run);
        client.close();
        endpoint.close();
        endpointListener.close();
        listener.close().syncUninterruptibly();
        loops.close();
        pipes.close();
    }

    /** Connects the endpoint, as soon as the client's side is there. */
    private final class Opened implements StreamListener, Dial {
        private final TcpStream client;
        private final TcpStream endpoint;

        Opened(TcpStream client, TcpStream endpoint) {
            this.client = client;
            this.endpoint = endpoint;
        }

        @Override
        public void opened() {
            InetSocketAddress remote = (InetSocketAddress) endpointListener.getLocalSocketAddress();
            int patienceMillis = Math.toIntExact(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
            endpoint.connect(client.eventLoop(), remote, null, patienceMillis, this);
        }

        @Override
        public void connected() {
            Relay started = kind.between(client, endpoint, new Recorder(), pipes, loops::watch);
            started.start();
            relay.complete(started);
        }

        @Override
        public void failed(Throwable cause) {
            relay.completeExceptionally(cause);
        }

        @Override
        public void read(ByteBuf bytes) {
            bytes.release();
            throw new AssertionError("read before there is a relay");
        }
    }

    private final class Recorder implements RelayListener {
        @Override
        public void moved(Direction direction, long bytes) {
            moved.computeIfAbsent(direction, _ -> new LongAdder()).add(bytes);
        }

        @Override
        public void ended(CloseReason reason) {
            if (!end.complete(reason)) {
                throw new AssertionError("ended twice, the second time for " + reason);
            }
        }
    }
}
