package io.kubeferry.core.net;

import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.RawUnixChannelOption;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannelOption;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Options that the kernel keeps for a socket, under Netty's names and under their numbers. Stateless. */
final class KernelOptions {
    private static final Map<ChannelOption<?>, Named<?>> NAMED = Map.of(
            ChannelOption.TCP_NODELAY, new Named<>(Socket::isTcpNoDelay, Socket::setTcpNoDelay),
            ChannelOption.SO_KEEPALIVE, new Named<>(Socket::isKeepAlive, Socket::setKeepAlive),
            ChannelOption.SO_REUSEADDR, new Named<>(Socket::isReuseAddress, Socket::setReuseAddress),
            UnixChannelOption.SO_REUSEPORT, new Named<>(Socket::isReusePort, Socket::setReusePort),
            ChannelOption.SO_LINGER, new Named<>(Socket::getSoLinger, Socket::setSoLinger),
            ChannelOption.SO_RCVBUF, new Named<>(Socket::getReceiveBufferSize, Socket::setReceiveBufferSize),
            ChannelOption.SO_SNDBUF, new Named<>(Socket::getSendBufferSize, Socket::setSendBufferSize),
            ChannelOption.IP_TOS, new Named<>(Socket::getTrafficClass, Socket::setTrafficClass));

    private KernelOptions() {}

    /**
     * The value of {@code socket}'s {@code option}; null if it is none of the kernel's.
     *
     * @throws ChannelException if the kernel does not tell
     */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // Netty's way with options.
    static <T> @Nullable T get(Socket socket, ChannelOption<T> option) {
        try {
            if (option instanceof IntegerUnixChannelOption number) {
                return (T) (Integer) socket.getIntOpt(number.level(), number.optname());
            }
            if (option instanceof RawUnixChannelOption raw) {
                ByteBuffer value = ByteBuffer.allocate(raw.length());
                socket.getRawOpt(raw.level(), raw.optname(), value);
                return (T) value.flip();
            }
            Named<T> named = (Named<T>) NAMED.get(option);
            return named == null ? null : named.question().of(socket);
        } catch (IOException refused) {
            throw new ChannelException(refused);
        }
    }

    /**
     * Sets {@code socket}'s {@code option}; false if it is none of the kernel's.
     *
     * @throws ChannelException if the kernel refuses
     */
    @SuppressWarnings("unchecked") // Each name has values of its own type.
    static <T> boolean set(Socket socket, ChannelOption<T> option, T value) {
        try {
            if (option instanceof IntegerUnixChannelOption number) {
                socket.setIntOpt(number.level(), number.optname(), (Integer) value);
                return true;
            }
            Named<T> named = (Named<T>) NAMED.get(option);
            if (named != null) {
                named.order().set(socket, value);
            }
            return named != null;
        } catch (IOException refused) {
            throw new ChannelException(refused);
        }
    }

    private record Named<T>(Question<T> question, Order<T> order) {}

    private interface Question<T> {
        T of(Socket socket) throws IOException;
    }

    private interface Order<T> {
        void set(Socket socket, T value) throws IOException;
    }
}
