package io.kubeferry.agent.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HttpServerTest {
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final CountDownLatch slowMayAnswer = new CountDownLatch(1);
    private final HttpRoutes routes = HttpRoutes.of(Map.of(
            "/quick", HttpRoute.quick(call -> HttpReply.text(200, "quick" + call.query())),
            "/slow",
                    HttpRoute.slow(call -> {
                        slowMayAnswer.await();
                        return HttpReply.text(200, "slow");
                    }),
            "/any", HttpRoute.anyMethod(call -> HttpReply.json(200, call.method())),
            "/broken",
                    HttpRoute.quick(call -> {
                        throw new IllegalStateException("broken");
                    })));
    private final HttpThreads threads = new HttpThreads();
    private HttpServer server = open(HttpSite.of("test", routes));

    private HttpServer open(HttpSite site) {
        try {
            return HttpServer.bind(threads, site, List.of(ANY_PORT));
        } catch (HttpBindException e) {
            throw new AssertionError(e);
        }
    }

    private void reopen(HttpSite site) {
        server.close();
        server = open(site);
    }

    @AfterEach
    void close() {
        slowMayAnswer.countDown();
        server.close();
        threads.close();
    }

    @Test
    void oneConnectionCarriesManyRequests() throws IOException {
        try (RawConnection client = connect()) {
            for (int i = 0; i < 100; i++) {
                assertThat(client.send(get("/quick?verbose")).answer())
                        .isEqualTo("HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\n"
                                + "X-Content-Type-Options: nosniff\r\ncontent-length: 17\r\n\r\nquick{verbose=[]}");
            }
        }
    }

    @Test
    void requestsSentTogetherAreAnsweredInTheirOrder() throws IOException {
        try (RawConnection client = connect()) {
            client.send(get("/slow") + get("/quick") + get("/nowhere") + get("/slow"));
            slowMayAnswer.countDown();
            assertThat(client.answer()).endsWith("slow");
            assertThat(client.answer()).endsWith("quick{}");
            assertThat(client.answer()).startsWith("HTTP/1.1 404");
            assertThat(client.answer()).endsWith("slow");
        }
    }

    @Test
    void aSlowAnswerHoldsUpNobodyElse() throws IOException {
        try (RawConnection slow = connect();
                RawConnection quick = connect()) {
            slow.send(get("/slow"));
            assertThat(quick.send(get("/quick")).answer()).endsWith("quick{}");
            slowMayAnswer.countDown();
            assertThat(slow.answer()).endsWith("slow");
        }
    }

    @Test
    void moreSlowRequestsThanMayWaitAreRefused() throws IOException, InterruptedException {
        try (ManyConnections clients = new ManyConnections(server, 60)) {
            assertThat(clients.firstAnswer(get("/slow"))).startsWith("HTTP/1.1 503");
        }
    }

    @Test
    void headGetsTheHeadersOfGetAndNoBody() throws IOException {
        try (RawConnection client = connect()) {
            assertThat(client.send("HEAD /quick HTTP/1.1\r\n\r\n").head()).contains("content-length: 7\r\n");
            assertThat(client.send(get("/quick")).answer())
                    .startsWith("HTTP/1.1 200")
                    .endsWith("quick{}");
        }
    }

    @Test
    void unknownPathsAndMethodsAreRefusedInText() throws IOException {
        try (RawConnection client = connect()) {
            assertThat(client.send(get("/quick/")).answer())
                    .startsWith("HTTP/1.1 404 Not Found")
                    .endsWith("404 page not found\n");
            assertThat(client.send("DELETE /quick HTTP/1.1\r\n\r\n").answer())
                    .startsWith("HTTP/1.1 405 Method Not Allowed")
                    .contains("Allow: GET, HEAD\r\n")
                    .endsWith("method not allowed: DELETE (expected: GET or HEAD)\n");
            assertThat(client.send("BREW /any HTTP/1.1\r\ncontent-length: 3\r\n\r\nabc")
                            .answer())
                    .startsWith("HTTP/1.1 200")
                    .endsWith("BREW");
        }
    }

    @Test
    void aResponderThatThrowsIsA500AndTheConnectionGoesOn() throws IOException {
        try (RawConnection client = connect()) {
            assertThat(client.send(get("/broken")).answer())
                    .startsWith("HTTP/1.1 500")
                    .doesNotContain("IllegalState");
            assertThat(client.send(get("/quick")).answer()).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void connectionCloseAndHttp10AreHonoured() throws IOException {
        for (String request :
                List.of("GET /quick HTTP/1.1\r\nconnection: close\r\n\r\n", "GET /quick HTTP/1.0\r\n\r\n")) {
            try (RawConnection client = connect()) {
                assertThat(client.send(request).answer()).contains("connection: close\r\n");
                assertThat(client.closedByServer()).isTrue();
            }
        }
    }

    @Test
    void whatIsTooLongOrNoHttpIsNamedAndTheConnectionCloses() throws IOException {
        String long9k = "x".repeat(9 * 1024);
        Map<String, String> answers = Map.of(
                "GET /" + long9k + " HTTP/1.1\r\n\r\n",
                "HTTP/1.1 414",
                "GET /quick HTTP/1.1\r\nx: " + long9k + "\r\n\r\n",
                "HTTP/1.1 431",
                "POST /any HTTP/1.1\r\ncontent-length: 9000000\r\n\r\n" + "y".repeat(9_000_000),
                "HTTP/1.1 413",
                "POST /any HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n"
                        + ("4000\r\n" + "z".repeat(0x4000) + "\r\n").repeat(8),
                "HTTP/1.1 413",
                "\u0016\u0003\u0001 this is no HTTP\r\n\r\n",
                "HTTP/1.1 400",
                "GET /quick?%zz HTTP/1.1\r\n\r\n",
                "HTTP/1.1 400");
        for (Map.Entry<String, String> expected : answers.entrySet()) {
            try (RawConnection client = connect()) {
                assertThat(client.send(expected.getKey()).answer()).startsWith(expected.getValue());
                assertThat(client.closedByServer()).isTrue();
            }
        }
    }

    @Test
    void aRequestThatDripsInIsCutOff() throws IOException {
        reopen(withTimes(Duration.ofMillis(200), Duration.ofSeconds(30), Duration.ofSeconds(30)));
        try (RawConnection silent = connect()) {
            assertThat(silent.closedByServer()).isTrue();
        }
        try (RawConnection dripping = connect()) {
            // Every byte renews what a mere idle time-out would measure.
            Await.until(() -> {
                try {
                    dripping.send("G");
                    return false;
                } catch (IOException e) {
                    return true;
                }
            });
        }
    }

    @Test
    void anIdleConnectionIsClosedButNotBeforeItsTime() throws IOException {
        reopen(withTimes(Duration.ofSeconds(30), Duration.ofSeconds(30), Duration.ofMillis(200)));
        try (RawConnection client = connect()) {
            assertThat(client.send(get("/quick")).answer()).endsWith("quick{}");
            assertThat(client.closedByServer()).isTrue();
        }
    }

    @Test
    void aClientThatDoesNotReadItsAnswerIsCutOff() throws IOException {
        byte[] large = new byte[64 * 1024 * 1024];
        HttpSite site = withTimes(Duration.ofSeconds(30), Duration.ofMillis(300), Duration.ofSeconds(30));
        reopen(new HttpSite(
                "large",
                HttpRoutes.everyPath(HttpRoute.quick(call -> new HttpReply(200, Map.of(), large))),
                HostCheck.none(),
                site.limits(),
                new ConnectionBudget(1)));
        try (RawConnection stalled = connect()) {
            stalled.send(get("/"));
            // The budget of one connection is free again only when the stalled one was closed.
            Await.until(() -> {
                try (RawConnection next = connect()) {
                    next.send(get("/")).head();
                    return true;
                } catch (IOException e) {
                    return false;
                }
            });
        }
    }

    @Test
    void connectionsBeyondTheBudgetAreClosedAndPlacesComeBack() throws IOException {
        reopen(HttpSite.of("small", routes).with(new ConnectionBudget(2)));
        try (RawConnection first = connect();
                RawConnection second = connect()) {
            assertThat(first.send(get("/quick")).answer()).endsWith("quick{}");
            assertThat(second.send(get("/quick")).answer()).endsWith("quick{}");
            try (RawConnection third = connect()) {
                assertThat(third.closedByServer()).isTrue();
            }
            assertThat(first.send(get("/quick")).answer()).endsWith("quick{}");
        }
        Await.until(() -> {
            try (RawConnection later = connect()) {
                return later.send(get("/quick")).answer().endsWith("quick{}");
            } catch (IOException e) {
                return false;
            }
        });
    }

    @Test
    void thousandsOfConnectionsOneAfterTheOtherLeaveNothingBehind() throws IOException {
        reopen(HttpSite.of("small", routes).with(new ConnectionBudget(64)));
        for (int i = 0; i < 2000; i++) {
            try (RawConnection client = connect()) {
                assertThat(client.send("GET /quick HTTP/1.1\r\nconnection: close\r\n\r\n")
                                .answer())
                        .endsWith("quick{}");
                assertThat(client.closedByServer()).isTrue();
            }
        }
    }

    @Test
    void aForeignHostNameIsRefused() throws IOException {
        reopen(HttpSite.of("status", routes).with(HostCheck.addressesAnd(Set.of("node-1"))));
        try (RawConnection client = connect()) {
            assertThat(client.send("GET /quick HTTP/1.1\r\nhost: evil.example:10247\r\n\r\n")
                            .answer())
                    .startsWith("HTTP/1.1 403")
                    .endsWith("not served under this host name: evil.example:10247\n");
            assertThat(client.send("GET /quick HTTP/1.1\r\nhost: localhost:10247\r\n\r\n")
                            .answer())
                    .startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void aTakenAddressThrowsAndNoneOfTheOthersStaysBound() throws IOException {
        InetSocketAddress free = freeAddress();
        try (ServerSocket rival = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            InetSocketAddress taken = (InetSocketAddress) rival.getLocalSocketAddress();
            assertThatThrownBy(() -> HttpServer.bind(threads, HttpSite.of("test", routes), List.of(free, taken)))
                    .isInstanceOf(HttpBindException.class)
                    .hasMessage("cannot listen on 127.0.0.1:" + taken.getPort() + ": Address already in use");
            new ServerSocket(free.getPort(), 1, free.getAddress()).close();
        }
    }

    @Test
    void aTakenAddressIsServedOnceItIsFreeAndTheOthersAtOnce() throws IOException {
        ServerSocket rival = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        InetSocketAddress taken = (InetSocketAddress) rival.getLocalSocketAddress();
        try (HttpServer patient = HttpServer.bindSometime(
                threads, HttpSite.of("test", routes), List.of(taken, ANY_PORT), Duration.ofMillis(20))) {
            assertThat(patient.boundAddresses()).hasSize(1).doesNotContain(taken);
            rival.close();
            Await.until(() -> patient.boundAddresses().contains(taken));
            try (RawConnection client = new RawConnection(taken)) {
                assertThat(client.send(get("/quick")).answer()).endsWith("quick{}");
            }
        }
    }

    @Test
    void closeEndsConnectionsAndFreesTheAddress() throws IOException {
        InetSocketAddress address = server.boundAddresses().getFirst();
        try (RawConnection client = connect()) {
            assertThat(client.send(get("/quick")).answer()).endsWith("quick{}");
            server.close();
            assertThat(client.closedByServer()).isTrue();
            assertThatThrownBy(() -> new Socket(address.getAddress(), address.getPort()))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void bodiesAreUtf8AndCountedInBytes() throws IOException {
        reopen(HttpSite.of("test", HttpRoutes.everyPath(HttpRoute.quick(call -> HttpReply.text(200, "grün")))));
        try (RawConnection client = connect()) {
            assertThat(client.send(get("/")).answer())
                    .contains("content-length: 5\r\n")
                    .endsWith("grün");
            assertThat("grün".getBytes(StandardCharsets.UTF_8)).hasSize(5);
        }
    }

    private static InetSocketAddress freeAddress() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return (InetSocketAddress) probe.getLocalSocketAddress();
        }
    }

    private RawConnection connect() throws IOException {
        return new RawConnection(server.boundAddresses().getFirst());
    }

    private static String get(String target) {
        return "GET " + target + " HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n";
    }

    private HttpSite withTimes(Duration requestTime, Duration answerTime, Duration idleTime) {
        HttpLimits limits = new HttpLimits(8192, 8192, 65536, requestTime, answerTime, idleTime);
        return new HttpSite("timed", routes, HostCheck.none(), limits, ConnectionBudget.ofDefaultSize());
    }
}
