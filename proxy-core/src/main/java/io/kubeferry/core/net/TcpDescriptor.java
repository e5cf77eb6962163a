package io.kubeferry.core.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A TCP socket's descriptor, non-blocking, as epoll and splice(2) want it; an io_uring waits by itself all the same. Making
 * this object asks the kernel for the socket's family, so those who read and write only do without. Not thread-safe.
 */
final class TcpDescriptor extends Socket {
    /** The size of {@code struct sockaddr_in6}, the larger one. */
    static final int MAX_ADDRESS_BYTES = 28;

    private static final short AF_INET = 2;
    private static final short AF_INET6 = 10;
    private static final byte[] IPV4_PADDING = new byte[8];

    TcpDescriptor(int descriptor) {
        super(descriptor);
    }

    /**
     * The number of a new socket of IPv6, which speaks IPv4 too, or of IPv4 where a host has no other.
     *
     * @throws io.netty.channel.ChannelException if there is none left
     */
    static int newSocket() {
        return newSocketStream0(isIPv6Preferred());
    }

    /**
     * The number of a new socket that can connect to {@code host}, of the family that it is of: an address of IPv4 needs no socket of
     * IPv6, which is told in a system call that it speaks IPv4 too.
     *
     * @throws io.netty.channel.ChannelException if there is none left
     */
    static int newSocketFor(InetAddress host) {
        return newSocketStream0(isIPv6Preferred() && !(host instanceof Inet4Address));
    }

    /** Closes what nobody has used. */
    void closeQuietly() {
        try {
            close();
        } catch (IOException nothingToFlush) {
            // The number is free all the same.
        }
    }

    /** Whether this host has sockets that speak the family of {@code host}. */
    static boolean speaks(InetAddress host) {
        return isIPv6Preferred() || host instanceof Inet4Address;
    }

    /** Writes {@code address} as the {@code struct sockaddr} of its family. */
    static void encode(InetSocketAddress address, ByteBuf memory) {
        ByteBuffer target =
                memory.nioBuffer(memory.writerIndex(), MAX_ADDRESS_BYTES).order(ByteOrder.nativeOrder());
        InetAddress host = address.getAddress();
        target.putShort(host instanceof Inet6Address ? AF_INET6 : AF_INET);
        putPort(target, address.getPort());
        if (host instanceof Inet6Address ipv6) {
            int flowInfo = 0;
            target.putInt(flowInfo).put(ipv6.getAddress()).putInt(ipv6.getScopeId());
        } else {
            target.put(host.getAddress()).put(IPV4_PADDING);
        }
        memory.writerIndex(memory.writerIndex() + target.position());
    }

    private static void putPort(ByteBuffer memory, int port) {
        memory.put((byte) (port >>> Byte.SIZE)).put((byte) port);
    }
}
