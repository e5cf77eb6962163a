package io.kubeferry.agent.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubeferry.agent.http.HttpThreads;
import io.kubeferry.agent.state.ObjectName;
import io.kubeferry.agent.sync.SyncFixture;
import io.kubeferry.agent.testing.CapturedLog;
import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.testing.FreePorts;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ServiceHealthServersTest {
    private static final ObjectName WEB = new ObjectName("shop", "web");
    private static final ObjectName API = new ObjectName("shop", "api");

    private final SyncFixture sync = new SyncFixture(Instant.EPOCH);
    private final HttpThreads threads = new HttpThreads();
    private final List<String> events = new ArrayList<>();
    private final ServiceHealthServers servers = new ServiceHealthServers(
            threads,
            List.of(InetAddress.getLoopbackAddress()),
            sync.health(),
            (service, port, reason) -> events.add(service + " " + port + " " + reason));
    private final HttpClient client = HttpClient.newHttpClient();

    @AfterEach
    void close() {
        servers.close();
        threads.close();
        client.close();
    }

    @Test
    void endpointsMakeItA200WithKubeProxysBodyAndHeaders() throws Exception {
        int port = FreePorts.next();
        servers.sync(List.of(web(port, 2)));
        HttpResponse<String> answer = get(port, "/");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body())
                .isEqualTo("{\n\t\"service\": {\n\t\t\"namespace\": \"shop\",\n\t\t\"name\": \"web\"\n\t},\n"
                        + "\t\"localEndpoints\": 2,\n\t\"serviceProxyHealthy\": true\n}");
        assertThat(answer.headers().map())
                .containsEntry("content-type", List.of("application/json"))
                .containsEntry("x-content-type-options", List.of("nosniff"))
                .containsEntry("x-load-balancing-endpoint-weight", List.of("2"));
    }

    @Test
    void noEndpointKeepsThePortOpenWithA503() throws Exception {
        int port = FreePorts.next();
        servers.sync(List.of(web(port, 0)));
        HttpResponse<String> answer = get(port, "/");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().map()).containsEntry("x-load-balancing-endpoint-weight", List.of("0"));
        servers.sync(List.of(web(port, 1)));
        assertThat(get(port, "/").statusCode()).isEqualTo(200);
    }

    @Test
    void anyPathAndMethodIsAnswered() throws Exception {
        int port = FreePorts.next();
        servers.sync(List.of(web(port, 1)));
        assertThat(get(port, "/healthz?x=y").statusCode()).isEqualTo(200);
        HttpRequest post = HttpRequest.newBuilder(uri(port, "/any/where"))
                .POST(HttpRequest.BodyPublishers.ofString("body"))
                .build();
        assertThat(client.send(post, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(200);
    }

    @Test
    void aProxyThatHangsIsA503WithTheTrueCount() throws Exception {
        int port = FreePorts.next();
        sync.bothFamiliesUpdated();
        servers.sync(List.of(web(port, 3)));
        sync.ipv6Queued();
        sync.turnClock(Duration.ofSeconds(60));
        HttpResponse<String> answer = get(port, "/");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).contains("\"localEndpoints\": 3", "\"serviceProxyHealthy\": false");
    }

    @Test
    void thePortClosesWhenTheServiceGoes() throws Exception {
        int port = FreePorts.next();
        servers.sync(List.of(web(port, 1)));
        assertThat(get(port, "/").statusCode()).isEqualTo(200);
        servers.sync(List.of());
        assertThatThrownBy(() -> get(port, "/")).isInstanceOf(ConnectException.class);
    }

    @Test
    void twoServicesCanSwapTheirPorts() throws Exception {
        int first = FreePorts.next();
        int second = FreePorts.next();
        servers.sync(List.of(web(first, 1), new ServiceHealth(API, IpFamily.IPV4, second, 1)));
        servers.sync(List.of(web(second, 1), new ServiceHealth(API, IpFamily.IPV4, first, 1)));
        assertThat(get(second, "/").body()).contains("\"name\": \"web\"");
        assertThat(get(first, "/").body()).contains("\"name\": \"api\"");
        assertThat(events).isEmpty();
    }

    @Test
    void theSecondServiceWithAPortIsReportedOnceAndGetsItWhenItIsFree() throws Exception {
        int port = FreePorts.next();
        ServiceHealth api = new ServiceHealth(API, IpFamily.IPV4, port, 1);
        servers.sync(List.of(web(port, 1)));
        servers.sync(List.of(api, web(port, 1)));
        servers.sync(List.of(api, web(port, 1)));
        assertThat(events).containsExactly("shop/api " + port + " Service shop/web has the same health-check port");
        assertThat(get(port, "/").body()).contains("\"name\": \"web\"");
        servers.sync(List.of(api));
        assertThat(get(port, "/").body()).contains("\"name\": \"api\"");
    }

    @Test
    void aTakenPortIsReportedAndOpenedAtALaterSync() throws Exception {
        int port;
        try (ServerSocket rival = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = rival.getLocalPort();
            servers.sync(List.of(web(port, 1)));
            servers.sync(List.of(web(port, 1)));
            assertThat(events)
                    .containsExactly(
                            "shop/web " + port + " cannot listen on 127.0.0.1:" + port + ": Address already in use");
        }
        servers.sync(List.of(web(port, 1)));
        assertThat(get(port, "/").statusCode()).isEqualTo(200);
    }

    @Test
    void eachFamilyIsCountedForItself() throws Exception {
        int port = FreePorts.next();
        servers.sync(List.of(
                new ServiceHealth(WEB, IpFamily.IPV6, port, 5), new ServiceHealth(WEB, IpFamily.IPV4, port, 0)));
        assertThat(get(port, "/").statusCode()).isEqualTo(503);
    }

    @Test
    void bothWildcardsTogetherServeIpv4AsIpv4() throws Exception {
        int port = FreePorts.next();
        try (ServiceHealthServers everywhere = new ServiceHealthServers(
                threads,
                List.of(InetAddress.getByName("0.0.0.0"), InetAddress.getByName("::")),
                sync.health(),
                (service, failed, reason) -> events.add(reason))) {
            everywhere.sync(List.of(
                    new ServiceHealth(WEB, IpFamily.IPV4, port, 4), new ServiceHealth(WEB, IpFamily.IPV6, port, 6)));
            assertThat(events).isEmpty();
            assertThat(get(port, "/").body()).contains("\"localEndpoints\": 4");
        }
    }

    @Test
    void aNodeWhoseAddressIsKnownLaterListensThenAndMovesWithIt() throws Exception {
        List<InetAddress> ofNode = new ArrayList<>();
        int port = FreePorts.next();
        try (ServiceHealthServers waiting = new ServiceHealthServers(
                        threads, () -> ofNode, sync.health(), (service, failed, reason) -> events.add(reason));
                CapturedLog log = new CapturedLog(ServiceHealthServers.class.getName())) {
            waiting.sync(List.of(web(port, 1)));
            waiting.sync(List.of(web(port, 1)));
            assertThatThrownBy(() -> get(port, "/")).isInstanceOf(ConnectException.class);
            assertThat(log.linesWith("no address for node ports")).hasSize(1);

            ofNode.add(InetAddress.getLoopbackAddress());
            waiting.sync(List.of(web(port, 1)));
            assertThat(get(port, "/").statusCode()).isEqualTo(200);

            ofNode.set(0, InetAddress.getByName("127.0.0.2"));
            waiting.sync(List.of(web(port, 1)));
            assertThatThrownBy(() -> get(port, "/")).isInstanceOf(ConnectException.class);
            assertThat(client.send(
                                    HttpRequest.newBuilder(URI.create("http://127.0.0.2:" + port + "/"))
                                            .build(),
                                    HttpResponse.BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(200);
            assertThat(events).isEmpty();
        }
    }

    @Test
    void oddNamesStayJson() throws Exception {
        int port = FreePorts.next();
        servers.sync(List.of(new ServiceHealth(new ObjectName("a\"b", "c\\d"), IpFamily.IPV4, port, 1)));
        assertThat(get(port, "/").body()).contains("\"namespace\": \"a\\\"b\"", "\"name\": \"c\\\\d\"");
    }

    private static ServiceHealth web(int port, int localEndpoints) {
        return new ServiceHealth(WEB, IpFamily.IPV4, port, localEndpoints);
    }

    private HttpResponse<String> get(int port, String path) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(uri(port, path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static URI uri(int port, String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }
}
