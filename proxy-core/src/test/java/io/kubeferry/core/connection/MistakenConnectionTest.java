package io.kubeferry.core.connection;

import static io.kubeferry.core.testing.SampleEndpoint.endpoint;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubeferry.core.balance.Candidate;
import io.kubeferry.core.balance.EndpointPicker;
import io.kubeferry.core.balance.EndpointTrack;
import io.kubeferry.core.model.ConnectionRules;
import io.kubeferry.core.model.Endpoint;
import io.kubeferry.core.model.Protocol;
import io.kubeferry.core.model.ServicePortName;
import io.kubeferry.core.net.EventLoops;
import io.kubeferry.core.net.Transport;
import io.kubeferry.core.net.TransportPreference;
import io.kubeferry.core.observe.CloseReason;
import io.kubeferry.core.observe.ServicePortStats;
import io.kubeferry.core.relay.Relays;
import io.kubeferry.core.routing.SourceAddress;
import io.kubeferry.core.testing.TestEndpoint;
import io.kubeferry.core.testing.Transports;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ServerSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What becomes of a connection when something in kubeferry throws that never should. */
@Timeout(60)
@ParameterizedClass
@MethodSource("transports")
class MistakenConnectionTest {
    private static final int PATIENCE_MILLIS = 30_000;

    private final ServicePortStats stats =
            new ServicePortStats(new ServicePortName("ns", "web", "http", Protocol.TCP), "80");
    private final EventLoops loops;
    private final Relays relays;
    private final AtomicInteger asksUntilTimeFails = new AtomicInteger();
    private TestEndpoint silent;
    private MistakenPicker picker;
    private ConnectionAcceptor acceptor;
    private ServerSocketChannel listener;

    MistakenConnectionTest(TransportPreference transport) {
        loops = new EventLoops(Transport.choose(transport), 1);
        relays = new Relays(loops, 1);
    }

    static List<TransportPreference> transports() {
        return Transports.available();
    }

    @BeforeEach
    void listen() throws Exception {
        silent = TestEndpoint.silent();
        ConnectionSettings settings = ConnectionSettings.of(Duration.ofMillis(PATIENCE_MILLIS), 3, Optional.empty());
        picker = new MistakenPicker(endpoint(silent.address()).build());
        Destination destination = new Destination(
                picker,
                ConnectionRules.DEFAULT,
                settings,
                stats,
                new ConnectionBudget(1).newShare(),
                SourceAddress.NODE);
        acceptor = new ConnectionAcceptor(
                loops, relays, settings, (_, _) -> destination, Optional.empty(), this::nanos, Optional.empty());
        listener = loops.transport().newServerChannel();
        listener.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object child) {
                acceptor.accept(Transport.accepted(child));
            }
        });
        loops.register(loops.next(), listener).sync();
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .sync();
    }

    @AfterEach
    void close() {
        acceptor.close();
        loops.close();
        relays.close();
        silent.close();
    }

    /** Fails once, when it has been asked so often. */
    private long nanos() {
        if (asksUntilTimeFails.get() > 0 && asksUntilTimeFails.decrementAndGet() == 0) {
            throw new IllegalStateException("a mistake, made on purpose");
        }
        return System.nanoTime();
    }

    @Test
    void oneThatIsRelayedIsResetAndCounted() throws Exception {
        picker.failsAtTheEnd = true;

        assertIsResetAndCounted();
    }

    @Test
    void oneWhoseEndpointHasJustAnsweredIsResetAndCounted() throws Exception {
        // Asked when the attempt begins, and when it ends.
        picker.onPick = () -> asksUntilTimeFails.set(2);

        assertIsResetAndCounted();
    }

    private void assertIsResetAndCounted() throws IOException {
        try (Socket client = new Socket(
                listener.localAddress().getAddress(), listener.localAddress().getPort())) {
            client.setSoTimeout(PATIENCE_MILLIS);

            assertThatThrownBy(() -> client.getInputStream().read())
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining("reset");
            assertThat(stats.ended(CloseReason.INTERNAL_ERROR)).isEqualTo(1);
            assertThat(acceptor.count()).isZero();
            assertThat(picker.track.connections())
                    .as("connections to the endpoint")
                    .isZero();
        }
    }

    /** Has one endpoint; may be unable to hear that a client has been connected. */
    private static final class MistakenPicker implements EndpointPicker {
        private final Endpoint only;
        private final EndpointTrack track;
        private volatile Runnable onPick = () -> {};
        private volatile boolean failsAtTheEnd;

        MistakenPicker(Endpoint only) {
            this.only = only;
            this.track = new EndpointTrack(new InetSocketAddress(only.address(), only.port()), 0);
        }

        @Override
        public Candidate pick(InetAddress client, List<Candidate> tried) {
            onPick.run();
            return new Candidate(only, track);
        }

        @Override
        public int size() {
            return 1;
        }

        @Override
        public void connected(InetAddress client, Endpoint endpoint) {
            if (failsAtTheEnd) {
                throw new IllegalStateException("a mistake, made on purpose");
            }
        }
    }
}
