package io.kubeferry.core.connection;

import io.kubeferry.core.model.ProxyProtocol;
import io.kubeferry.core.net.TcpStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageEncoder;
import io.netty.handler.codec.haproxy.HAProxyProtocolVersion;
import io.netty.handler.codec.haproxy.HAProxyProxiedProtocol;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/**
 * Tells an endpoint, before the first byte, for whom a connection is made: the header of HAProxy's PROXY protocol
 * ({@code doc/proxy-protocol.txt} in HAProxy).
 *
 * <p>Threading: event loop of the stream only.
 */
final class ProxyHeader {
    private ProxyHeader() {}

    /** Sends the header for a connection of {@code client} to {@code destination}, which are of one IP family. */
    static void send(
            TcpStream upstream, ProxyProtocol version, InetSocketAddress client, InetSocketAddress destination) {
        HAProxyProxiedProtocol family =
                client.getAddress() instanceof Inet4Address ? HAProxyProxiedProtocol.TCP4 : HAProxyProxiedProtocol.TCP6;
        write(
                upstream,
                new HAProxyMessage(
                        codec(version),
                        HAProxyCommand.PROXY,
                        family,
                        text(client),
                        text(destination),
                        client.getPort(),
                        destination.getPort()));
    }

    /** Sends the header of a connection that has no client, so that the endpoint does not take it for a broken one. */
    static void sendWithoutClient(TcpStream upstream, ProxyProtocol version) {
        switch (version) {
            // The codec knows no line without addresses.
            case V1 -> send(upstream, Unpooled.copiedBuffer("PROXY UNKNOWN\r\n", StandardCharsets.US_ASCII));
            case V2 ->
                write(
                        upstream,
                        new HAProxyMessage(
                                HAProxyProtocolVersion.V2,
                                HAProxyCommand.LOCAL,
                                HAProxyProxiedProtocol.UNKNOWN,
                                null,
                                null,
                                0,
                                0));
        }
    }

    private static void write(TcpStream upstream, HAProxyMessage header) {
        EmbeddedChannel encoder = new EmbeddedChannel(HAProxyMessageEncoder.INSTANCE);
        encoder.writeOneOutbound(header);
        encoder.flushOutbound();
        ByteBuf bytes = encoder.readOutbound();
        boolean _ = encoder.finish();
        send(upstream, bytes);
    }

    private static void send(TcpStream upstream, ByteBuf header) {
        upstream.write(header);
        upstream.flush();
    }

    private static HAProxyProtocolVersion codec(ProxyProtocol version) {
        return switch (version) {
            case V1 -> HAProxyProtocolVersion.V1;
            case V2 -> HAProxyProtocolVersion.V2;
        };
    }

    private static String text(InetSocketAddress address) {
        return address.getAddress().getHostAddress();
    }
}
