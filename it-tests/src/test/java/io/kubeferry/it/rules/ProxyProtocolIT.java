package io.kubeferry.it.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kubeferry.core.testing.FreePorts;
import io.kubeferry.core.testing.TestEndpoint;
import io.kubeferry.it.process.Manifests;
import io.kubeferry.it.process.RunningAgent;
import io.kubeferry.it.process.ServicePlace;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who the client is, as HAProxy and nginx read it. */
class ProxyProtocolIT {
    private static final String CLUSTER_IP = "10.47.17.10";
    private static final String HAPROXY_DEFAULTS = """
            defaults
              timeout connect 5s
              timeout client 60s
              timeout server 60s
            """;

    @TempDir
    private Path folder;

    private int port;
    private int backendPort;
    private ServicePlace web;
    private Path manifests;
    private RunningAgent agent;

    @BeforeAll
    static void needBackends() {
        if (System.getenv("CI") == null) {
            assumeTrue(Backend.areInstalled(), "HAProxy, nginx and openssl are not all installed");
        }
    }

    @BeforeEach
    void start() throws Exception {
        port = FreePorts.next();
        backendPort = FreePorts.next();
        web = ServicePlace.ofClusterIp(CLUSTER_IP, port);
        manifests = Files.createDirectory(folder.resolve("manifests"));
        agent = RunningAgent.onManifests(manifests);
    }

    @AfterEach
    void stop() throws Exception {
        agent.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1", "v2"})
    void haproxySeesTheClientAndTheAddressItWanted(String version) throws Exception {
        try (Backend _ = Backend.haproxy(folder, HAPROXY_DEFAULTS + """
                frontend web
                  mode http
                  bind 127.0.0.1:%d accept-proxy
                  http-request return status 200 content-type text/plain lf-string "%%[src]:%%[src_port] to %%[dst]:%%[dst_port]"
                """.formatted(backendPort), backendPort)) {
            serve(version);
            try (Socket client = web.connect()) {
                assertThat(httpGet(client)).endsWith(clientAndPlace(client));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1", "v2"})
    void nginxSeesTheClient(String version) throws Exception {
        try (Backend _ = Backend.nginx(folder, """
                server {
                  listen 127.0.0.1:%d proxy_protocol;
                  location / { return 200 "$proxy_protocol_addr:$proxy_protocol_port"; }
                }
                """.formatted(backendPort), backendPort)) {
            serve(version);
            try (Socket client = web.connect()) {
                assertThat(httpGet(client)).endsWith("127.0.0.1:" + client.getLocalPort());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1", "v2"})
    void tlsBeginsAfterTheHeader(String version) throws Exception {
        Path certificate = Backend.certificate(folder);
        try (Backend _ =
                Backend.haproxy(folder, HAPROXY_DEFAULTS + """
                frontend web
                  mode http
                  bind 127.0.0.1:%d accept-proxy ssl crt %s
                  http-request return status 200 content-type text/plain lf-string "%%[src]:%%[src_port] to %%[dst]:%%[dst_port]"
                """.formatted(backendPort, certificate), backendPort)) {
            serve(version);
            try (Socket client = web.connect();
                    SSLSocket tls =
                            (SSLSocket) trusting().getSocketFactory().createSocket(client, "web", web.port(), true)) {
                assertThat(httpGet(tls)).endsWith(clientAndPlace(client));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1", "v2"})
    void serverThatSpeaksFirstIsHeardWithoutAWordOfTheClient(String version) throws Exception {
        try (TestEndpoint server = TestEndpoint.saying("220 ready\r\n");
                Backend _ = Backend.haproxy(
                        folder, HAPROXY_DEFAULTS + """
                        frontend mail
                          mode tcp
                          bind 127.0.0.1:%d accept-proxy
                          default_backend mail
                        backend mail
                          mode tcp
                          server mail %s
                        """.formatted(backendPort, server.address()), backendPort)) {
            serve(version);
            assertThat(web.answer()).isEqualTo("220 ready\r\n");
        }
    }

    private String clientAndPlace(Socket client) {
        return "127.0.0.1:%d to %s:%d".formatted(client.getLocalPort(), web.address(), web.port());
    }

    private void serve(String version) throws Exception {
        Files.writeString(
                manifests.resolve("web.yaml"),
                Manifests.file(
                        Manifests.annotated(Manifests.service("web", CLUSTER_IP, port), "proxy-protocol: " + version),
                        Manifests.slice("web", "web-1", "127.0.0.1:" + backendPort)));
        web.awaitServed();
    }

    private static String httpGet(Socket socket) throws Exception {
        socket.getOutputStream()
                .write("GET / HTTP/1.1\r\nHost: web\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }

    /** TLS that takes any certificate: who the server is, is not the question here. */
    private static SSLContext trusting() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new TrustingAnybody()}, null);
        return context;
    }

    private static final class TrustingAnybody implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
