package io.kubeferry.core.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.Socket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteOrder;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Addresses as Linux wants them ({@code struct sockaddr_in} and {@code sockaddr_in6}), on a host that has IPv6 and is little-endian. */
class TcpDescriptorTest {
    @BeforeAll
    static void needsLinuxWithIpv6() {
        assumeTrue(Epoll.isAvailable() && Socket.isIPv6Preferred());
        assumeTrue(ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN);
    }

    @Test
    void anAddressOfIpv4IsForASocketOfIpv4() throws Exception {
        assertThat(encoded(InetAddress.getByName("10.1.2.3"), 443))
                .isEqualTo("0200" + "01bb" + "0a010203" + "0000000000000000");
    }

    @Test
    void anAddressOfIpv6IsTakenAsItIs() throws Exception {
        assertThat(encoded(InetAddress.getByName("2001:db8::1"), 80))
                .isEqualTo("0a00" + "0050" + "00000000" + "20010db8000000000000000000000001" + "00000000");
    }

    @Test
    void aLinkLocalAddressKeepsItsInterface() throws Exception {
        byte[] address = InetAddress.getByName("fe80::1").getAddress();
        assertThat(encoded(Inet6Address.getByAddress(null, address, 5), 80))
                .isEqualTo("0a00" + "0050" + "00000000" + "fe800000000000000000000000000001" + "05000000");
    }

    @Test
    void thisHostSpeaksBothFamilies() throws Exception {
        assertThat(TcpDescriptor.speaks(InetAddress.getByName("10.1.2.3"))).isTrue();
        assertThat(TcpDescriptor.speaks(InetAddress.getByName("2001:db8::1"))).isTrue();
    }

    private String encoded(InetAddress host, int port) {
        ByteBuf memory = Unpooled.directBuffer(TcpDescriptor.MAX_ADDRESS_BYTES);
        try {
            TcpDescriptor.encode(new InetSocketAddress(host, port), memory);
            return ByteBufUtil.hexDump(memory);
        } finally {
            memory.release();
        }
    }
}
