package io.kubeferry.core.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.kubeferry.core.testing.Transports;
import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A stream that is closed while the number of its descriptor is another connection's already. */
@ParameterizedClass
@MethodSource("transports")
class ClosedDescriptorTest {
    private static final long PATIENCE_SECONDS = 30;
    private static final int PATIENCE_MILLIS = 30_000;
    private static final int TRIES = 200;
    private static final String WORDS = "not for you";

    private final Transport transport;
    private final EventLoops loops;
    private final List<AutoCloseable> cleanUps = new ArrayList<>();
    private ServerSocket server;
    private EventLoop loop;
    private TcpStream closed;
    private TcpStream stranger;
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
        closed = connect().stream();
        close(closed);
        Connection next = connect();
        for (int i = 0; i < TRIES && numberOf(next.stream()) != numberOf(closed); i++) {
            closed = next.stream();
            close(closed);
            next = connect();
        }
        stranger = next.stream();
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
            closed.reset();
            stranger.close();
            return true;
        });

        assertThat(farEnd.getInputStream().read()).as("an orderly end").isEqualTo(-1);
    }

    @Test
    void nothingIsSplicedIntoTheOtherConnectionOrOutOfIt() throws Exception {
        farEnd.getOutputStream().write(WORDS.getBytes(StandardCharsets.UTF_8));
        try (KernelPipe pipe = KernelPipe.open(64 * 1024)) {
            assertThatThrownBy(() -> onLoop(() -> pipe.fillFrom(closed)))
                    .hasRootCauseInstanceOf(ClosedChannelException.class);
            while (pipe.isEmpty()) {
                onLoop(() -> pipe.fillFrom(stranger));
            }
            assertThatThrownBy(() -> onLoop(() -> {
                        pipe.drainTo(closed);
                        return true;
                    }))
                    .hasRootCauseInstanceOf(ClosedChannelException.class);
            assertThat(pipe.isEmpty()).isFalse();
        }
    }

    private record Connection(TcpStream stream, Socket farEnd) {}

    private Connection connect() throws Exception {
        TcpStream stream = transport.newStream(server.getInetAddress());
        FutureDial dial = new FutureDial();
        InetSocketAddress remote = new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
        onLoop(() -> {
            stream.connect(loop, remote, null, PATIENCE_MILLIS, dial);
            return true;
        });
        dial.future().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        cleanUps.add(() -> close(stream));
        Socket accepted = server.accept();
        cleanUps.add(accepted);
        return new Connection(stream, accepted);
    }

    private void close(TcpStream stream) throws Exception {
        onLoop(() -> {
            stream.close();
            return true;
        });
    }

    private static int numberOf(TcpStream stream) {
        return Objects.requireNonNull(stream.socket()).intValue();
    }

    private <T> T onLoop(Callable<T> action) throws Exception {
        return loop.submit(action).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
}
