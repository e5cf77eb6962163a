package io.kubeferry.it.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubeferry.core.testing.Await;
import io.kubeferry.core.testing.FreePorts;
import io.kubeferry.core.testing.TestEndpoint;
import io.kubeferry.it.process.Manifests;
import io.kubeferry.it.process.RunningAgent;
import io.kubeferry.it.process.ServicePlace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The status page of a running agent in a real browser, against the connections that were made. */
class StatusPageIT {
    private static final String SCRIPT = "<script>document.title='run'</script>";

    @TempDir
    private Path folder;

    private final TestEndpoint podA = TestEndpoint.answering("a");
    private final TestEndpoint podB = TestEndpoint.answering("bb");
    private Path accessLog;
    private ServicePlace web;
    private ServicePlace down;
    private ServicePlace scripted;
    private RunningAgent agent;
    private Browser browser;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(Browser.isInstalled(), "skipped: there is no chromium on the PATH");
        accessLog = folder.resolve("access.log");
        web = ServicePlace.ofClusterIp("10.47.16.10", FreePorts.next());
        down = ServicePlace.ofClusterIp("10.47.16.11", FreePorts.next());
        scripted = ServicePlace.ofClusterIp("10.47.16.12", FreePorts.next());
        Files.writeString(
                folder.resolve("all.yaml"),
                Manifests.file(
                        Manifests.service("web", "10.47.16.10", web.port()),
                        Manifests.slice("web", "web-1", podA.address()),
                        Manifests.slice("web", "web-2", podB.address()),
                        Manifests.service("down", "10.47.16.11", down.port()),
                        Manifests.slice("down", "down-1", "127.0.0.1:" + FreePorts.next()),
                        Manifests.service('"' + SCRIPT + '"', "10.47.16.12", scripted.port()),
                        Manifests.slice('"' + SCRIPT + '"', "scripted-1", podA.address())));
        agent = RunningAgent.onManifests(
                folder, "--access-log", accessLog.toString(), "--access-log-format", "json", "--event-loops", "2");
        web.awaitServed();
        agent.awaitNoConnections();
        browser = Browser.start();
    }

    @AfterEach
    void stop() throws Exception {
        if (browser != null) {
            browser.close();
        }
        if (agent != null) {
            agent.close();
        }
        podA.close();
        podB.close();
    }

    @Test
    void everyServicePortHasARowAndNamesAreText() throws Exception {
        open("/");
        browser.await("document.querySelectorAll('#rows tr:not(.space)').length === 3");
        assertThat(texts("#rows .c-name"))
                .containsExactlyInAnyOrder("it/" + SCRIPT + ":http", "it/down:http", "it/web:http");
        assertThat(browser.value("document.title").textValue()).isEqualTo("kubeferry");
        assertThat(browser.value("document.scripts.length").intValue()).isEqualTo(1);

        browser.value("[...document.querySelectorAll('#rows a')].find(a => a.textContent.includes('script')).click()");
        browser.await("document.querySelectorAll('#detail .part').length > 0");
        assertThat(browser.value("document.querySelector('#detail h1').textContent")
                        .textValue())
                .isEqualTo("it/" + SCRIPT);
        assertThat(browser.value("document.title").textValue()).isEqualTo("it/" + SCRIPT + " – kubeferry");
        assertThat(browser.value("document.scripts.length").intValue()).isEqualTo(1);
        assertThat(browser.complaints()).isEmpty();
        assertThat(browser.requests()).isNotEmpty().allMatch(address -> address.startsWith(base()));
    }

    @Test
    void scriptsAndStylesInMarkupAreRefused() throws Exception {
        open("/");
        browser.value("""
                document.body.insertAdjacentHTML('beforeend', '<p id="tried" style="color: rgb(1, 2, 3)">x</p>');
                const script = document.createElement('script');
                script.textContent = 'window.ran = true';
                document.body.append(script);""");
        assertThat(browser.value("window.ran === true").booleanValue()).isFalse();
        assertThat(browser.value("getComputedStyle(document.getElementById('tried')).color")
                        .textValue())
                .isNotEqualTo("rgb(1, 2, 3)");
        assertThat(browser.complaints()).anyMatch(complaint -> complaint.contains("Content Security Policy"));
    }

    @Test
    void numbersAreThoseOfMetricsLogAndClientOnceTheLoadHasEnded() throws Exception {
        long before = opened("web");
        long bytesBefore = (long) agent.metric("kubeferry_bytes_total", "service=\"web\"", "direction=\"to_client\"");
        long received = 0;
        for (int i = 0; i < 40; i++) {
            received += exchange(web, "request " + i);
        }
        long resets = 0;
        for (int i = 0; i < 7; i++) {
            resets += isReset(down) ? 1 : 0;
        }
        agent.awaitNoConnections();

        open("/#/it/web");
        browser.await("document.querySelectorAll('#detail .tile').length === 6");
        List<JsonNode> log = log("web");
        long shown = number(tile("Connections"));
        assertThat(shown - before).isEqualTo(40);
        assertThat((double) shown).isEqualTo(agent.metric("kubeferry_connections_total", "service=\"web\""));
        assertThat(log).hasSize((int) shown);
        long toClient = number(note("To client"));
        assertThat((double) toClient)
                .isEqualTo(agent.metric("kubeferry_bytes_total", "service=\"web\"", "direction=\"to_client\""));
        assertThat(toClient)
                .isEqualTo(log.stream()
                        .mapToLong(line -> line.get("bytesToClient").longValue())
                        .sum());
        assertThat(toClient - bytesBefore).isEqualTo(received);
        assertThat(number(tile("Active"))).isZero();

        open("/#/it/down");
        browser.await("document.querySelector('#detail h1').textContent === 'it/down'"
                + " && document.querySelectorAll('#detail .tile').length === 6");
        assertThat(resets).isEqualTo(7);
        assertThat(number(tile("Failed"))).isEqualTo(resets);
        assertThat((double) resets)
                .isEqualTo(agent.metric(
                        "kubeferry_connection_failures_total", "service=\"down\"", "reason=\"connect_refused\""));
        assertThat(log("down")).hasSize((int) resets);
        assertThat(rows("Recent failures")).hasSize((int) resets).allMatch(row -> row.contains("connect refused"));
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void connectionsAppearAndGoWithoutReloading() throws Exception {
        open("/#/it/web");
        browser.await("document.querySelectorAll('#detail .tile').length === 6");
        browser.value("window.sameDocument = true");
        try (Socket one = web.connect();
                Socket other = web.connect()) {
            browser.await("[...document.querySelectorAll('#detail .part')]"
                    + ".find(part => part.firstChild.textContent === 'Endpoints')"
                    + "?.querySelectorAll('tbody tr').length === 2");
            browser.await(endpointConnections() + ".join() === '1,1'");
            assertThat(number(tile("Active"))).isEqualTo(2);
            assertThat(one.isConnected() && other.isConnected()).isTrue();
        }
        browser.await(endpointConnections() + ".join() === '0,0'");
        browser.await("document.querySelector('#detail .tile .value').textContent === '0'");
        assertThat(rows("Recent connections")).isNotEmpty();
        assertThat(browser.value("window.sameDocument").booleanValue()).isTrue();
    }

    @Test
    void endpointThatIsSetAsideIsShownAsSuch() throws Exception {
        podB.close();
        exchange(web, "one");
        exchange(web, "two");
        open("/#/it/web");
        browser.await(
                "[...document.querySelectorAll('#detail .state')].some(state => state.textContent === 'set aside')");
        assertThat(rows("Endpoints"))
                .anyMatch(row -> row.startsWith(podB.address() + " set aside"))
                .anyMatch(row -> row.startsWith(podA.address() + " ready"));
    }

    @Test
    void whatIsWrongStandsOnTop() throws Exception {
        open("/");
        browser.await("document.querySelectorAll('#rows tr:not(.space)').length === 3");
        assertThat(browser.value("document.getElementById('problems').hidden").booleanValue())
                .isTrue();
        try (ServerSocket inTheWay = new ServerSocket(FreePorts.next(), 1, InetAddress.getByName("127.47.16.13"))) {
            Files.writeString(
                    folder.resolve("more.yaml"),
                    Manifests.file(
                            Manifests.service("blocked", "10.47.16.13", inTheWay.getLocalPort()),
                            Manifests.slice("blocked", "blocked-1", podA.address())));
            Files.writeString(folder.resolve("broken.yaml"), "kind: [");
            browser.await("document.querySelectorAll('#problems li').length === 2");
            assertThat(texts("#problems li"))
                    .anyMatch(problem -> problem.contains("source") && problem.contains("broken.yaml"))
                    .anyMatch(problem -> problem.contains("listener")
                            && problem.contains("it/blocked:http")
                            && problem.contains("address already in use"));
        }
        Files.delete(folder.resolve("broken.yaml"));
        browser.await("document.getElementById('problems').hidden");
    }

    @Test
    void keysFindAndOpenAService() throws Exception {
        open("/");
        browser.await("document.querySelectorAll('#rows tr:not(.space)').length === 3");
        browser.press("/");
        for (String letter : List.of("w", "e", "b")) {
            browser.press(letter);
        }
        browser.await("document.querySelectorAll('#rows tr:not(.space)').length === 1");
        browser.press("Enter");
        browser.await("document.activeElement.textContent === 'it/web:http'");
        browser.press("Enter");
        browser.await("document.querySelector('#detail h1')?.textContent === 'it/web'");
        browser.press("Escape");
        browser.await("document.getElementById('detail').hidden");
    }

    @Test
    void fitsAPhoneAndFollowsTheColourScheme() throws Exception {
        browser.size(390, 844, true);
        browser.prefer("dark");
        open("/");
        browser.await("document.querySelectorAll('#rows tr:not(.space)').length === 3");
        assertThat(browser.value("document.documentElement.scrollWidth").intValue())
                .isEqualTo(390);
        String dark = background();
        browser.prefer("light");
        assertThat(background()).isNotEqualTo(dark);
        browser.value("location.hash = '#/it/web'");
        browser.await("document.querySelectorAll('#detail .part').length > 0");
        assertThat(browser.value("document.documentElement.scrollWidth").intValue())
                .isEqualTo(390);
    }

    private void open(String path) throws Exception {
        browser.open(base() + path);
        browser.await("document.readyState === 'complete' && document.getElementById('node').textContent === '"
                + Manifests.NODE + "'");
    }

    private String base() {
        return "http://" + agent.statusAddress();
    }

    private String background() throws Exception {
        return browser.value("getComputedStyle(document.body).backgroundColor").textValue();
    }

    private long opened(String service) throws Exception {
        return (long) agent.metric("kubeferry_connections_total", "service=\"" + service + "\"");
    }

    /** The bytes that came back. */
    private static long exchange(ServicePlace place, String request) throws IOException {
        try (Socket socket = place.connect()) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            socket.shutdownOutput();
            return socket.getInputStream().readAllBytes().length;
        }
    }

    private static boolean isReset(ServicePlace place) {
        try (Socket socket = place.connect()) {
            return socket.getInputStream().read() == Integer.MIN_VALUE;
        } catch (IOException reset) {
            return true;
        }
    }

    private List<JsonNode> log(String service) throws Exception {
        double ended = opened(service);
        Await.until(() -> lines(service).size() == (int) ended);
        return lines(service);
    }

    private List<JsonNode> lines(String service) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        String text = Files.readString(accessLog);
        for (String line : text.substring(0, text.lastIndexOf('\n') + 1).lines().toList()) {
            JsonNode entry = new ObjectMapper().readTree(line);
            if (entry.get("service").textValue().equals(service)) {
                lines.add(entry);
            }
        }
        return lines;
    }

    private String tile(String head) throws Exception {
        return tilePart(head, 1);
    }

    private String note(String head) throws Exception {
        return tilePart(head, 2).replaceFirst(" bytes.*", "");
    }

    private String tilePart(String head, int part) throws Exception {
        return browser.value(
                        "[...document.querySelectorAll('#detail .tile')].find(tile => tile.children[0].textContent === '"
                                + head + "').children[" + part + "].textContent")
                .textValue();
    }

    private static long number(String text) {
        return Long.parseLong(text.replace(",", ""));
    }

    /** The live connections of each endpoint, as the page shows them. */
    private static String endpointConnections() {
        return "[...[...document.querySelectorAll('#detail .part')]"
                + ".find(part => part.firstChild.textContent === 'Endpoints')"
                + ".querySelectorAll('tbody tr')].map(row => row.children[3].textContent)";
    }

    private List<String> rows(String part) throws Exception {
        return strings(
                browser.value(
                        "[...[...document.querySelectorAll('#detail .part')]"
                                + ".find(part => part.firstChild.textContent === '" + part + "')"
                                + ".querySelectorAll('tbody tr')].map(row => [...row.children].map(cell => cell.textContent).join(' '))"));
    }

    private List<String> texts(String selector) throws Exception {
        return strings(browser.value(
                "[...document.querySelectorAll('" + selector + "')].map(element => element.textContent)"));
    }

    private static List<String> strings(JsonNode array) {
        List<String> strings = new ArrayList<>();
        array.forEach(entry -> strings.add(entry.textValue()));
        return strings;
    }
}
