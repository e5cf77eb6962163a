package io.kubeferry.core.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.testing.Transports;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ServerSocketChannel;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.ServerSocket;
import java.net.SocketException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

class SocketFailureTest {
    private static final int PATIENCE_MILLIS = 30_000;
    private static final String PEER = ": /10.244.0.5:8080";

    static final List<Case> JDK = List.of(
            new Case(SocketFailure.REFUSED, new ConnectException("Connection refused")),
            new Case(SocketFailure.REFUSED, new ConnectException("Connection refused: getsockopt" + PEER)),
            new Case(SocketFailure.TIMED_OUT, new ConnectException("Connection timed out")),
            new Case(SocketFailure.TIMED_OUT, new IOException("Connection timed out")),
            new Case(SocketFailure.TIMED_OUT, new ConnectTimeoutException("connection timed out after 1000 ms" + PEER)),
            new Case(SocketFailure.UNREACHABLE, new NoRouteToHostException("No route to host")),
            new Case(SocketFailure.UNREACHABLE, new SocketException("Network is unreachable")),
            new Case(SocketFailure.UNREACHABLE, new ConnectException("Network is unreachable" + PEER)),
            new Case(SocketFailure.UNREACHABLE, new ConnectException("Network is down")),
            new Case(SocketFailure.UNREACHABLE, new ConnectException("Host is down")),
            new Case(SocketFailure.UNREACHABLE, new PortUnreachableException()),
            new Case(SocketFailure.RESET, new SocketException("Connection reset")),
            new Case(SocketFailure.RESET, new IOException("Connection reset by peer")),
            new Case(SocketFailure.RESET, new IOException("Broken pipe")),
            new Case(SocketFailure.RESET, new SocketException("Software caused connection abort")),
            new Case(SocketFailure.ADDRESS_NOT_AVAILABLE, new BindException("Cannot assign requested address")),
            new Case(SocketFailure.ADDRESS_NOT_AVAILABLE, new BindException("Can't assign requested address")),
            new Case(
                    SocketFailure.ADDRESS_NOT_AVAILABLE,
                    new ConnectException("Cannot assign requested address: connect")),
            new Case(SocketFailure.ADDRESS_IN_USE, new BindException("Address already in use")),
            new Case(SocketFailure.ADDRESS_IN_USE, new BindException("Address already in use: bind")),
            new Case(SocketFailure.PERMISSION_DENIED, new SocketException("Permission denied")),
            new Case(SocketFailure.PERMISSION_DENIED, new SocketException("Operation not permitted")),
            new Case(SocketFailure.DESCRIPTORS_EXHAUSTED, new SocketException("Too many open files")),
            new Case(SocketFailure.DESCRIPTORS_EXHAUSTED, new SocketException("Too many open files in system")),
            new Case(SocketFailure.OTHER, new IOException("Protocol wrong type for socket")),
            new Case(SocketFailure.OTHER, new IOException()),
            new Case(SocketFailure.OTHER, new IllegalStateException("channel not registered to an event loop")));

    /** What epoll and io_uring say: the method, the error number, and the kernel's words. */
    static final List<Case> NATIVE = List.of(
            new Case(SocketFailure.REFUSED, connect(111, "Connection refused")),
            new Case(SocketFailure.TIMED_OUT, connect(110, "Connection timed out")),
            new Case(SocketFailure.UNREACHABLE, connect(101, "Network is unreachable")),
            new Case(SocketFailure.UNREACHABLE, connect(113, "No route to host")),
            new Case(SocketFailure.UNREACHABLE, connect(100, "Network is down")),
            new Case(SocketFailure.UNREACHABLE, connect(112, "Host is down")),
            new Case(SocketFailure.UNREACHABLE, new NoRouteToHostException()),
            new Case(SocketFailure.RESET, io("readAddress", 104, "Connection reset by peer")),
            new Case(SocketFailure.RESET, io("sendAddress", 32, "Broken pipe")),
            new Case(SocketFailure.RESET, io("accept", 103, "Software caused connection abort")),
            new Case(SocketFailure.ADDRESS_NOT_AVAILABLE, connect(99, "Cannot assign requested address")),
            new Case(SocketFailure.ADDRESS_IN_USE, io("bind", 98, "Address already in use")),
            new Case(SocketFailure.PERMISSION_DENIED, io("bind", 13, "Permission denied")),
            new Case(SocketFailure.PERMISSION_DENIED, connect(1, "Operation not permitted")),
            new Case(SocketFailure.DESCRIPTORS_EXHAUSTED, io("newSocketStream", 24, "Too many open files")),
            new Case(SocketFailure.DESCRIPTORS_EXHAUSTED, io("accept", 23, "Too many open files in system")),
            new Case(SocketFailure.OTHER, io("connect", 22, "Invalid argument")),
            // The number counts, not the words: these depend on the locale.
            new Case(SocketFailure.REFUSED, connect(111, "Verbindungsaufbau abgelehnt")));

    static final List<Case> NESTED = List.of(
            new Case(
                    SocketFailure.DESCRIPTORS_EXHAUSTED,
                    new ChannelException("Failed to open a socket.", new SocketException("Too many open files"))),
            new Case(
                    SocketFailure.DESCRIPTORS_EXHAUSTED,
                    new ChannelException(io("newSocketStream", 24, "Too many open files"))),
            new Case(SocketFailure.OTHER, new ChannelException("Failed to open a socket.", new IOException("?"))));

    @ParameterizedTest
    @FieldSource({"JDK", "NATIVE", "NESTED"})
    void everyTransportsWordsAreUnderstood(Case given) {
        assertThat(SocketFailure.of(given.cause())).isEqualTo(given.expected());
    }

    @ParameterizedTest
    @MethodSource("transports")
    void refusalIsRecognizedOnEveryTransport(TransportPreference preference) throws Exception {
        int closedPort;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closedPort = socket.getLocalPort();
        }
        assertThat(connectOn(preference, new InetSocketAddress(InetAddress.getLoopbackAddress(), closedPort)))
                .isEqualTo(SocketFailure.REFUSED);
    }

    @ParameterizedTest
    @MethodSource("transports")
    void foreignAndOccupiedAddressesAreRecognizedOnEveryTransport(TransportPreference preference) throws Exception {
        // TEST-NET-1: no host has it.
        assertThat(bindOn(preference, new InetSocketAddress("192.0.2.1", 0)))
                .isEqualTo(SocketFailure.ADDRESS_NOT_AVAILABLE);
        try (ServerSocket occupied = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(bindOn(preference, (InetSocketAddress) occupied.getLocalSocketAddress()))
                    .isEqualTo(SocketFailure.ADDRESS_IN_USE);
        }
    }

    static List<TransportPreference> transports() {
        return Transports.available();
    }

    private static SocketFailure connectOn(TransportPreference preference, InetSocketAddress address) throws Exception {
        Transport transport = Transport.choose(preference);
        try (EventLoops loops = new EventLoops(transport, 1)) {
            TcpStream stream = transport.newStream(address.getAddress());
            FutureDial dial = new FutureDial();
            EventLoop loop = loops.next();
            loop.execute(() -> stream.connect(loop, address, null, PATIENCE_MILLIS, dial));
            Throwable cause = dial.future().handle((_, failure) -> failure).get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
            assertThat(cause).isNotNull();
            assertThat(stream.isOpen()).isFalse();
            return SocketFailure.of(cause);
        }
    }

    private static SocketFailure bindOn(TransportPreference preference, InetSocketAddress address) throws Exception {
        Transport transport = Transport.choose(preference);
        try (EventLoops loops = new EventLoops(transport, 1)) {
            ServerSocketChannel channel = transport.newServerChannel();
            loops.next().register(channel).sync();
            return failureOf(channel.bind(address));
        }
    }

    private static SocketFailure failureOf(ChannelFuture future) throws InterruptedException {
        Throwable cause = future.await().cause();
        future.channel().close().sync();
        assertThat(cause).isNotNull();
        return SocketFailure.of(cause);
    }

    private static IOException connect(int errno, String words) {
        return new ConnectException("finishConnect(..) failed with error(-" + errno + "): " + words + PEER);
    }

    private static IOException io(String method, int errno, String words) {
        return new IOException(method + "(..) failed with error(-" + errno + "): " + words);
    }

    record Case(SocketFailure expected, Throwable cause) {
        @Override
        public String toString() {
            return expected + ": " + cause;
        }
    }
}
