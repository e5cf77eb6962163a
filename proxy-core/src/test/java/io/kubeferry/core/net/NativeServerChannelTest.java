package io.kubeferry.core.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kubeferry.core.testing.Await;
import io.kubeferry.core.testing.Transports;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ServerSocketChannel;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
@ParameterizedClass(allowZeroInvocations = true)
@MethodSource("transports")
class NativeServerChannelTest {
    private final TransportPreference transport;
    private final LongAdder accepted = new LongAdder();
    private final Queue<InetSocketAddress> addresses = new ConcurrentLinkedQueue<>();
    private final Queue<Integer> peers = new ConcurrentLinkedQueue<>();
    private final List<Socket> clients = new ArrayList<>();
    private EventLoops loops;
    private ServerSocketChannel listener;

    NativeServerChannelTest(TransportPreference transport) {
        this.transport = transport;
    }

    static List<TransportPreference> transports() {
        return Transports.ofLinux();
    }

    @BeforeEach
    void listen() throws Exception {
        loops = new EventLoops(Transport.choose(transport), 1);
        listener = listenAt(InetAddress.getLoopbackAddress());
    }

    private ServerSocketChannel listenAt(InetAddress address) throws Exception {
        ServerSocketChannel opened = loops.transport().newServerChannel();
        opened.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object child) {
                TcpStream stream = (TcpStream) child;
                addresses.add(Objects.requireNonNull(stream.localAddress()));
                peers.add(Objects.requireNonNull(stream.remoteAddress()).getPort());
                accepted.increment();
                stream.close();
            }
        });
        loops.register(loops.next(), opened).sync();
        opened.bind(new InetSocketAddress(address, 0)).sync();
        return opened;
    }

    @AfterEach
    void close() throws Exception {
        for (Socket client : clients) {
            client.close();
        }
        loops.close();
    }

    @Test
    void allThatComeAreAccepted() throws Exception {
        connect(50);

        Await.until(() -> accepted.sum() == 50);
    }

    @Test
    void connectionsToOneAddressKnowIt() throws Exception {
        connect(2);

        Await.until(() -> accepted.sum() == 2);
        assertThat(addresses).containsExactly(listener.localAddress(), listener.localAddress());
    }

    @Test
    void connectionsToAnyAddressKnowTheirOwn() throws Exception {
        ServerSocketChannel everywhere = listenAt(InetAddress.getByName("0.0.0.0"));
        int port = everywhere.localAddress().getPort();
        InetSocketAddress first = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        InetSocketAddress second = new InetSocketAddress(InetAddress.getByName("127.0.0.2"), port);
        clients.add(new Socket(first.getAddress(), port));
        clients.add(new Socket(second.getAddress(), port));

        Await.until(() -> accepted.sum() == 2);
        assertThat(addresses).containsExactlyInAnyOrder(first, second);
        assertThat(peers)
                .containsExactlyInAnyOrderElementsOf(
                        clients.stream().map(Socket::getLocalPort).toList());
    }

    @Test
    void connectionsOfIpv6KnowTheirPeers() throws Exception {
        assumeTrue(io.netty.channel.unix.Socket.isIPv6Preferred());
        ServerSocketChannel ofIpv6 = listenAt(InetAddress.ofLiteral("::1"));
        clients.add(new Socket(
                ofIpv6.localAddress().getAddress(), ofIpv6.localAddress().getPort()));

        Await.until(() -> accepted.sum() == 1);
        assertThat(peers).containsExactly(clients.getFirst().getLocalPort());
    }

    @Test
    void whileItIsPausedConnectionsWaitInTheKernelsQueue() throws Exception {
        connect(1);
        Await.until(() -> accepted.sum() == 1);
        listener.config().setAutoRead(false);
        // The first turn calls the accept off, the second has heard that it is over.
        turn();
        turn();
        connect(3);
        turn();
        turn();
        assertThat(accepted.sum()).isEqualTo(1);

        listener.config().setAutoRead(true);
        Await.until(() -> accepted.sum() == 4);
    }

    @Test
    void aPauseThatIsOverBeforeTheKernelHasHeardOfItChangesNothing() throws Exception {
        listener.eventLoop()
                .submit(() -> {
                    listener.config().setAutoRead(false);
                    listener.config().setAutoRead(true);
                })
                .sync();
        connect(3);

        Await.until(() -> accepted.sum() == 3);
    }

    @Test
    void onceItIsClosedTheKernelRefuses() throws Exception {
        connect(1);
        Await.until(() -> accepted.sum() == 1);
        InetSocketAddress address = listener.localAddress();
        listener.close().sync();

        assertThatThrownBy(() -> new Socket(address.getAddress(), address.getPort()))
                .isInstanceOf(ConnectException.class);
        assertThat(listener.isOpen()).isFalse();
    }

    @Test
    void everyoneWhoClosesItHears() throws Exception {
        listener.eventLoop()
                .submit(() -> List.of(listener.close(), listener.close()))
                .sync()
                .getNow()
                .forEach(closed ->
                        assertThat(closed.awaitUninterruptibly().isSuccess()).isTrue());
    }

    private void connect(int number) throws Exception {
        for (int i = 0; i < number; i++) {
            clients.add(new Socket(
                    listener.localAddress().getAddress(),
                    listener.localAddress().getPort()));
        }
    }

    private void turn() throws Exception {
        listener.eventLoop().schedule(() -> {}, 1, TimeUnit.MILLISECONDS).sync();
    }
}
