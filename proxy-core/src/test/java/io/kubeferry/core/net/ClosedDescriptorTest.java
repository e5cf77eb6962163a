package io.kubeferry.core.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.kubeferry.core.testing.Transports;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.unix.UnixChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A channel that is closed while the number of its descriptor is another connection's already. */
@ParameterizedClass
@MethodSource("transports")
class ClosedDescriptorTest {
    private static final long PATIENCE_SECONDS = 30;
    private static final int TRIES = 200;
    private static final String WORDS = "not for you";

    private final Transport transport;
    private final EventLoops loops;
    private final List<AutoCloseable> cleanUps = new ArrayList<>();
    private ServerSocket server;
    private EventLoop loop;
    private SocketChannel closed;
    private SocketChannel stranger;
    private Socket farEnd;

    ClosedDescriptorTest(TransportPreference preference) {
        transport = Transport.choose(preference);
        loops = new EventLoops(transport, 1);
    }

    /** NIO shows no descriptors, and its channels look for themselves. */
    static List<TransportPreference> transports() {
        return Transports.available().stream()
                .filter(preference -> Transport.choose(preference).isNative())
                .toList();
    }

    @BeforeEach
    void reuseADescriptor() throws Exception {
        server = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        cleanUps.add(server);
        loop = loops.next();
        closed = connect().channel();
        closed.close().sync();
        Connection next = connect();
        for (int i = 0; i < TRIES && numberOf(next.channel()) != numberOf(closed); i++) {
            closed = next.channel();
            closed.close().sync();
            next = connect();
        }
        stranger = next.channel();
        farEnd = next.farEnd();
        assumeThat(numberOf(stranger)).as("no other thread took it").isEqualTo(numberOf(closed));
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable cleanUp : cleanUps) {
            cleanUp.close();
        }
        loops.close();
    }

    @Test
    void theOtherConnectionIsNotMadeToEndWithAReset() throws Exception {
        onLoop(() -> {
            AbortiveClose.reset(closed);
            return stranger.close();
        });

        assertThat(farEnd.getInputStream().read()).as("an orderly end").isEqualTo(-1);
    }

    @Test
    void nothingIsSplicedIntoTheOtherConnectionOrOutOfIt() throws Exception {
        farEnd.getOutputStream().write(WORDS.getBytes(StandardCharsets.UTF_8));
        try (KernelPipe pipe = KernelPipe.open()) {
            assertThatThrownBy(() -> onLoop(() -> pipe.fillFrom(closed, WORDS.length())))
                    .hasRootCauseInstanceOf(ClosedChannelException.class);
            while (pipe.isEmpty()) {
                onLoop(() -> pipe.fillFrom(stranger, WORDS.length()));
            }
            assertThatThrownBy(() -> onLoop(() -> {
                        pipe.drainTo(closed);
                        return true;
                    }))
                    .hasRootCauseInstanceOf(ClosedChannelException.class);
            assertThat(pipe.isEmpty()).isFalse();
        }
    }

    private record Connection(SocketChannel channel, Socket farEnd) {}

    private Connection connect() throws Exception {
        SocketChannel channel = transport.newSocketChannel();
        channel.config().setAutoRead(false);
        loop.register(channel).sync();
        channel.connect(new InetSocketAddress(server.getInetAddress(), server.getLocalPort()))
                .sync();
        cleanUps.add(() -> channel.close().sync());
        Socket accepted = server.accept();
        cleanUps.add(accepted);
        return new Connection(channel, accepted);
    }

    private static int numberOf(SocketChannel channel) {
        return ((UnixChannel) channel).fd().intValue();
    }

    private <T> T onLoop(Callable<T> action) throws Exception {
        return loop.submit(action).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
}
