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
    /** What comes before an address of IPv4 in one of IPv6 (RFC 4291, 2.5.5.2). */
    private static final byte[] MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1};

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

    /** Closes what nobody has used. */
    void closeQuietly() {
        try {
            close();
        } catch (IOException nothingToFlush) {
            // The number is free all the same.
        }
    }

    /** Whether a new socket speaks the family of {@code host}. */
    static boolean speaks(InetAddress host) {
        return isIPv6Preferred() || host instanceof Inet4Address;
    }

    /** Writes {@code address}, whose family new sockets speak, as the {@code struct sockaddr} that they take. */
    static void encode(InetSocketAddress address, ByteBuf memory) {
        boolean ipv6 = isIPv6Preferred();
        ByteBuffer target =
                memory.nioBuffer(memory.writerIndex(), MAX_ADDRESS_BYTES).order(ByteOrder.nativeOrder());
        InetAddress host = address.getAddress();
        byte[] bytes = host.getAddress();
        target.putShort(ipv6 ? AF_INET6 : AF_INET);
        putPort(target, address.getPort());
        if (ipv6) {
            int flowInfo = 0;
            target.putInt(flowInfo);
            if (host instanceof Inet4Address) {
                target.put(MAPPED);
            }
            target.put(bytes).putInt(host instanceof Inet6Address scoped ? scoped.getScopeId() : 0);
        } else {
            target.put(bytes).put(IPV4_PADDING);
        }
        memory.writerIndex(memory.writerIndex() + target.position());
    }

    private static void putPort(ByteBuffer memory, int port) {
        memory.put((byte) (port >>> Byte.SIZE)).put((byte) port);
    }
}
