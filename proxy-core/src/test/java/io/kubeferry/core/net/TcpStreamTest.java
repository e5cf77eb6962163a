package io.kubeferry.core.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubeferry.core.testing.Await;
import io.kubeferry.core.testing.BlackHole;
import io.kubeferry.core.testing.Transports;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a stream promises on every transport, beside what relays need of it ({@code RelayContractTest}). */
@Timeout(60)
@ParameterizedClass
@MethodSource("transports")
class TcpStreamTest {
    private static final int PATIENCE_MILLIS = 30_000;

    private final Transport transport;
    private final FutureDial dial = new FutureDial();
    private EventLoops loops;
    private EventLoop loop;
    private TcpStream stream;

    TcpStreamTest(TransportPreference preference) {
        transport = Transport.choose(preference);
    }

    static List<TransportPreference> transports() {
        return Transports.available();
    }

    @BeforeEach
    void open() {
        loops = new EventLoops(transport, 1);
        loop = loops.next();
        stream = transport.newStream(InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void close() throws Exception {
        onLoop(stream::close);
        loops.close();
    }

    @Test
    void oneThatIsConnectedKnowsBothAddresses() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            try (Socket peer = connectTo(server)) {
                assertThat(ask(stream::remoteAddress)).isEqualTo(peer.getLocalSocketAddress());
                assertThat(ask(stream::localAddress)).isEqualTo(peer.getRemoteSocketAddress());
            }
        }
    }

    @Test
    void whoeverDialsHearsThatThereIsNoAnswerInTime() throws Exception {
        try (BlackHole silent = new BlackHole()) {
            onLoop(() -> stream.connect(loop, addressOf(silent), null, 50, dial));

            assertThatThrownBy(() -> dial.future().get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .satisfies(failure -> assertThat(SocketFailure.of(failure)).isEqualTo(SocketFailure.TIMED_OUT));
            assertThat(stream.isOpen()).isFalse();
        }
    }

    @Test
    void whoeverHangsUpBeforeAnAnswerHearsNothing() throws Exception {
        try (BlackHole silent = new BlackHole()) {
            onLoop(() -> stream.connect(loop, addressOf(silent), null, PATIENCE_MILLIS, dial));
            onLoop(stream::close);
            // One that is connected afterwards shows that the loop has had its turn.
            connectAnother();

            assertThat(dial.future()).isNotDone();
            assertThat(stream.isOpen()).isFalse();
        }
    }

    @Test
    void whatIsSentTwiceDoesNotWaitForAnAcknowledgement() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket peer = connectTo(server)) {
            for (String word : List.of("one", "two")) {
                send(word);
                assertThat(peer.getInputStream().readNBytes(word.length()))
                        .asString(StandardCharsets.US_ASCII)
                        .isEqualTo(word);
            }

            assertThat(ask(() -> isDelayed(stream))).isFalse();
        }
    }

    @Test
    void aResetComesToLightAlsoIfNobodyReads() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Socket peer = connectTo(server);
            AtomicBoolean isTold = new AtomicBoolean();
            onLoop(() -> stream.setListener(new FailureListener(() -> isTold.set(true))));
            assertThat(ask(stream::isReset)).isFalse();
            peer.setSoLinger(true, 0);
            peer.close();

            if (transport.isNative()) {
                // Told by itself, or when asked.
                Await.until(() -> isTold.get() || ask(stream::isReset));
            }
        }
    }

    @Test
    void whatIsClosedTakesNothingAndSaysSo() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket peer = connectTo(server)) {
            onLoop(stream::close);
            send("late");
            onLoop(stream::reset);

            assertThat(peer.getInputStream().read()).as("the end").isEqualTo(-1);
            assertThatThrownBy(() -> ask(() -> {
                        stream.sendFin();
                        return true;
                    }))
                    .isInstanceOf(ExecutionException.class);
            assertThat(ask(stream::isReset)).isFalse();
        }
    }

    private static InetSocketAddress addressOf(BlackHole silent) {
        String[] parts = silent.address().split(":", 2);
        return new InetSocketAddress(parts[0], Integer.parseInt(parts[1]));
    }

    private Socket connectTo(ServerSocket server) throws Exception {
        InetSocketAddress remote = (InetSocketAddress) server.getLocalSocketAddress();
        onLoop(() -> stream.connect(loop, remote, null, PATIENCE_MILLIS, dial));
        dial.future().get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        return server.accept();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void connectsToAnAddressOfEitherFamily(String address) throws Exception {
        InetAddress host = InetAddress.ofLiteral(address);
        try (ServerSocket server = new ServerSocket(0, 1, host)) {
            FutureDial itsDial = new FutureDial();
            InetSocketAddress remote = (InetSocketAddress) server.getLocalSocketAddress();
            TcpStream another = transport.newStream(host);
            onLoop(() -> another.connect(loop, remote, null, PATIENCE_MILLIS, itsDial));
            itsDial.future().get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
            assertThat(ask(another::remoteAddress)).isEqualTo(remote);
            assertThat(ask(another::localAddress).getAddress()).isEqualTo(host);
            onLoop(another::close);
        }
    }

    private void connectAnother() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            FutureDial itsDial = new FutureDial();
            InetSocketAddress remote = (InetSocketAddress) server.getLocalSocketAddress();
            TcpStream another = transport.newStream(remote.getAddress());
            onLoop(() -> another.connect(loop, remote, null, PATIENCE_MILLIS, itsDial));
            itsDial.future().get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
            onLoop(another::close);
        }
    }

    private void send(String word) throws Exception {
        onLoop(() -> {
            stream.write(Unpooled.copiedBuffer(word, StandardCharsets.US_ASCII));
            stream.flush();
        });
    }

    private static boolean isDelayed(TcpStream stream) throws Exception {
        io.netty.channel.unix.Socket socket = stream.socket();
        // Of the JDK's sockets Netty takes care.
        return socket != null && !socket.isTcpNoDelay();
    }

    private void onLoop(Runnable action) throws Exception {
        loop.submit(action).get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    }

    private <T> T ask(Callable<T> question) throws Exception {
        return loop.submit(question).get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Hears of failures alone. */
    private record FailureListener(Runnable onFailure) implements StreamListener {
        @Override
        public void read(ByteBuf bytes) {
            bytes.release();
        }

        @Override
        public void failed(Throwable cause) {
            onFailure.run();
        }
    }
}
