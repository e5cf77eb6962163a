package io.kubeferry.agent.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.agent.http.HttpReply;
import io.kubeferry.agent.http.HttpRoute;
import io.kubeferry.agent.http.HttpRoutes;
import io.kubeferry.agent.http.HttpServer;
import io.kubeferry.agent.http.HttpSite;
import io.kubeferry.agent.http.HttpThreads;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DiagnosticRoutesTest {
    private static final String CONFIGZ = "{\"kubeproxy.config.k8s.io\":{\"kind\":\"KubeProxyConfiguration\"}}";

    private final HttpRoutes routes = DiagnosticRoutes.of(call -> HttpReply.text(200, "up 1\n"), () -> CONFIGZ);

    @Test
    void pingsAreOkWithoutANewline() throws Exception {
        for (String path : List.of("/healthz", "/healthz/ping", "/livez")) {
            assertThat(Ask.path(routes, path))
                    .isEqualTo(new Ask.Answer(
                            200,
                            Map.of("Content-Type", "text/plain; charset=utf-8", "X-Content-Type-Options", "nosniff"),
                            "ok"));
        }
    }

    @Test
    void verbosePingsNameTheirOneCheck() throws Exception {
        Map<String, List<String>> verbose = Map.of("verbose", List.of(""));
        assertThat(Ask.path(routes, "/healthz", verbose).body()).isEqualTo("[+]ping ok\nhealthz check passed\n");
        assertThat(Ask.path(routes, "/livez", verbose).body()).isEqualTo("[+]ping ok\nlivez check passed\n");
    }

    @Test
    void theProxyModeIsUserspaceWithoutANewline() throws Exception {
        assertThat(Ask.path(routes, "/proxyMode").body()).isEqualTo("userspace");
    }

    @Test
    void theConfigurationStandsUnderItsGroup() throws Exception {
        assertThat(Ask.path(routes, "/configz"))
                .isEqualTo(new Ask.Answer(
                        200, Map.of("Content-Type", "application/json", "X-Content-Type-Options", "nosniff"), CONFIGZ));
    }

    @Test
    void scrapesRunOnAThreadOfTheirOwnAndNotOnAnEventLoop() throws Exception {
        HttpRoutes telling = DiagnosticRoutes.of(
                call -> HttpReply.text(200, Thread.currentThread().getName()), () -> CONFIGZ);
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (HttpThreads threads = new HttpThreads();
                HttpServer server = HttpServer.bind(threads, HttpSite.of("test", telling), List.of(anyPort));
                HttpClient client = HttpClient.newHttpClient()) {
            int port = server.boundAddresses().getFirst().getPort();
            HttpRequest scrape = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                    .build();
            assertThat(client.send(scrape, HttpResponse.BodyHandlers.ofString()).body())
                    .startsWith("kubeferry-http-worker");
        }
    }

    @Test
    void scrapesDoNotHoldUpTheOthers() {
        assertThat(routes.byPath().get("/metrics")).extracting(HttpRoute::place).isEqualTo(HttpRoute.Place.WORKER);
    }
}
