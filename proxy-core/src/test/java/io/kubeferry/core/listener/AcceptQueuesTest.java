package io.kubeferry.core.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.net.EventLoops;
import io.kubeferry.core.net.Transport;
import io.kubeferry.core.net.TransportPreference;
import io.kubeferry.core.testing.Await;
import io.kubeferry.core.testing.Transports;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.socket.ServerSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class AcceptQueuesTest {
    private static final int CLIENTS = 40;
    /** Fewer than Netty runs before it looks at the clock, and then at its sockets. */
    private static final int SLOW_TASKS = 50;

    private final LongAdder accepted = new LongAdder();

    static List<TransportPreference> transports() {
        return Transports.available();
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aLoopWithMuchElseToDoStillAcceptsEverything(TransportPreference preference) throws Exception {
        Transport transport = Transport.choose(preference);
        List<Socket> clients = new ArrayList<>();
        CountDownLatch held = new CountDownLatch(1);
        try (EventLoops loops = new EventLoops(transport, 1)) {
            ServerSocketChannel listener = listen(loops);
            SingleThreadIoEventLoop loop = (SingleThreadIoEventLoop) loops.next();
            loop.execute(() -> {
                awaitQuietly(held);
                keepBusy(loop, SLOW_TASKS);
            });
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(new Socket(
                        listener.localAddress().getAddress(),
                        listener.localAddress().getPort()));
            }
            CompletableFuture<Long> whenEmpty = CompletableFuture.supplyAsync(() -> {
                AcceptQueues.empty(List.of(listener), transport, loops, accepted::sum);
                return accepted.sum();
            });
            Await.until(() -> loop.pendingTasks() > 0);
            held.countDown();
            assertThat(whenEmpty.join()).isEqualTo(CLIENTS);
        } finally {
            held.countDown();
            for (Socket client : clients) {
                client.close();
            }
        }
    }

    private ServerSocketChannel listen(EventLoops loops) {
        ServerSocketChannel listener = loops.transport().newServerChannel();
        listener.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object child) {
                accepted.increment();
                Transport.accepted(child).close();
            }
        });
        loops.register(loops.next(), listener).syncUninterruptibly();
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .syncUninterruptibly();
        return listener;
    }

    private static void keepBusy(SingleThreadIoEventLoop loop, int tasks) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
        if (tasks > 0) {
            loop.execute(() -> keepBusy(loop, tasks - 1));
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted while waiting", e);
        }
    }
}
