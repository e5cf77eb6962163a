package io.kubeferry.core;

import static io.kubeferry.core.testing.SampleRules.rules;
import static io.kubeferry.core.testing.SampleServicePort.servicePort;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.model.ProxyProtocol;
import io.kubeferry.core.net.TransportPreference;
import io.kubeferry.core.testing.FreePorts;
import io.kubeferry.core.testing.Snapshots;
import io.kubeferry.core.testing.TestEndpoint;
import io.kubeferry.core.testing.Transports;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The bytes that an endpoint gets before the client's first one: {@code doc/proxy-protocol.txt} in HAProxy. */
@ParameterizedClass
@MethodSource("transports")
class ProxyProtocolTest {
    private static final byte[] SIGNATURE = {0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A};

    private final DataPlaneRig rig;
    private final BlockingQueue<byte[]> received = new LinkedBlockingQueue<>();

    ProxyProtocolTest(TransportPreference transport) {
        this.rig = new DataPlaneRig(transport);
    }

    static Iterable<TransportPreference> transports() {
        return Transports.available();
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    @Test
    void version1IsALineBeforeTheClientsFirstByte() throws Exception {
        try (TestEndpoint endpoint = new TestEndpoint(this::receive)) {
            rig.apply(rig.web()
                    .endpoints(endpoint.address())
                    .connections(rules().proxyProtocol(ProxyProtocol.V1).build()));
            try (Socket client = rig.connect()) {
                client.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));
                client.shutdownOutput();

                assertThat(received.take())
                        .asString(StandardCharsets.US_ASCII)
                        .isEqualTo("PROXY TCP4 127.0.0.1 %s %s %s\r\nhello"
                                .formatted(DataPlaneRig.PLACE, client.getLocalPort(), rig.port()));
                assertThat(rig.stats().bytesToEndpoint()).isEqualTo(5);
            }
        }
    }

    @Test
    void version2IsBinary() throws Exception {
        try (TestEndpoint endpoint = new TestEndpoint(this::receive)) {
            rig.apply(rig.web()
                    .endpoints(endpoint.address())
                    .connections(rules().proxyProtocol(ProxyProtocol.V2).build()));
            try (Socket client = rig.connect()) {
                client.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));
                client.shutdownOutput();

                assertThat(received.take()).isEqualTo(version2(0x11, 12, client, "hello"));
            }
        }
    }

    @Test
    void bothVersionsTellIpv6Addresses() throws Exception {
        int nodePort = FreePorts.next();
        try (TestEndpoint endpoint = new TestEndpoint(Snapshots.address("::1"), this::receive)) {
            for (ProxyProtocol version : ProxyProtocol.values()) {
                rig.apply(servicePort("ns/web:http")
                        .clusterIp("fd00::10", rig.port())
                        .nodePort(nodePort)
                        .endpoints("[::1]:"
                                + Snapshots.socketAddress(endpoint.address()).getPort())
                        .connections(rules().proxyProtocol(version).build()));
                try (Socket client = new Socket(Snapshots.address("::1"), nodePort)) {
                    client.shutdownOutput();
                    assertThat(received.take())
                            .isEqualTo(
                                    switch (version) {
                                        case V1 ->
                                            "PROXY TCP6 0:0:0:0:0:0:0:1 0:0:0:0:0:0:0:1 %s %s\r\n"
                                                    .formatted(client.getLocalPort(), nodePort)
                                                    .getBytes(StandardCharsets.US_ASCII);
                                        case V2 -> version2(0x21, 36, client, "");
                                    });
                }
            }
        }
    }

    @Test
    void headerIsSentAlsoWhereTheServerSpeaksFirst() throws Exception {
        try (TestEndpoint endpoint = new TestEndpoint(socket -> {
            byte[] header = socket.getInputStream().readNBytes(28);
            socket.getOutputStream().write("220 ready".getBytes(StandardCharsets.US_ASCII));
            received.add(header);
        })) {
            rig.apply(rig.web()
                    .endpoints(endpoint.address())
                    .connections(rules().proxyProtocol(ProxyProtocol.V2).build()));
            try (Socket client = rig.connect()) {
                assertThat(client.getInputStream().readAllBytes())
                        .asString(StandardCharsets.US_ASCII)
                        .isEqualTo("220 ready");
                assertThat(received.take()).isEqualTo(version2(0x11, 12, client, ""));
            }
        }
    }

    @Test
    void connectionThatFindsOutWhetherAnEndpointAnswersAgainSaysThatItHasNoClient() throws Exception {
        for (ProxyProtocol version : ProxyProtocol.values()) {
            int port = FreePorts.next();
            try (TestEndpoint works = TestEndpoint.answering("ok ")) {
                rig.apply(rig.web()
                        .endpoints("127.0.0.1:" + port, works.address())
                        .connections(rules().proxyProtocol(version).build()));
                rig.ask("x");
                rig.ask("x");
                assertThat(rig.endpoint("127.0.0.1:" + port).setAside()).isTrue();

                try (TestEndpoint _ = TestEndpoint.at(port, this::receive)) {
                    assertThat(received.take())
                            .isEqualTo(
                                    switch (version) {
                                        case V1 -> "PROXY UNKNOWN\r\n".getBytes(StandardCharsets.US_ASCII);
                                        case V2 ->
                                            bytes(out -> {
                                                out.write(SIGNATURE);
                                                out.write(new byte[] {0x20, 0x00, 0x00, 0x00});
                                            });
                                    });
                }
            }
        }
    }

    private void receive(Socket socket) throws IOException {
        received.add(socket.getInputStream().readAllBytes());
    }

    private static byte[] version2(int family, int length, Socket client, String payload) throws IOException {
        return bytes(out -> {
            out.write(SIGNATURE);
            out.write(0x21);
            out.write(family);
            out.writeShort(length);
            out.write(client.getLocalAddress().getAddress());
            out.write(((InetSocketAddress) client.getRemoteSocketAddress())
                    .getAddress()
                    .getAddress());
            out.writeShort(client.getLocalPort());
            out.writeShort(client.getPort());
            out.writeBytes(payload);
        });
    }

    private static byte[] bytes(Writing writing) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        writing.to(new DataOutputStream(bytes));
        return bytes.toByteArray();
    }

    private interface Writing {
        void to(DataOutputStream out) throws IOException;
    }
}
