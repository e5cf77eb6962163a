package io.kubeferry.agent.watch.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.kubeferry.agent.state.ClusterEvent;
import io.kubeferry.agent.state.ObjectName;
import io.kubeferry.agent.testing.CapturedLog;
import io.kubeferry.agent.testing.FakeApiServer;
import io.kubeferry.agent.testing.RecordingListener;
import io.kubeferry.core.testing.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ApiServerSourceTest {
    private final FakeApiServer server = new FakeApiServer();
    private final RecordingListener listener = new RecordingListener();
    private final CapturedLog log = new CapturedLog("io.kubeferry.agent.watch.apiserver");
    private final ConcurrentLinkedQueue<String> observed = new ConcurrentLinkedQueue<>();
    private final ApiConnection connection = new ApiConnection(
            access(server.url()), (method, host, status, _) -> observed.add(method + " " + host + " " + status));
    private final Logger fabric8 = (Logger) LoggerFactory.getLogger("io.fabric8");
    private ApiServerSource source = source("", Optional.empty());

    @BeforeEach
    void quietClient() {
        fabric8.setLevel(Level.OFF);
    }

    @AfterEach
    void close() {
        source.close();
        connection.close();
        server.close();
        log.close();
        fabric8.setLevel(null);
    }

    @Test
    void everythingThatIsThereComesBeforeSynced() {
        server.put("services", service("shop", "web"));
        server.put("endpointslices", slice("shop", "web-1"));
        server.put("nodes", node("n1"));
        source.start(listener);
        listener.awaitSynced();
        assertThat(listener.present())
                .containsExactlyInAnyOrder("EndpointSlice shop/web-1", "Node n1", "Service shop/web");
        assertThat(listener.syncs()).isEqualTo(1);
        assertThat(log.lines()).isEmpty();
    }

    @Test
    void nodeThatCannotBeReadYetIsWaitedFor() {
        server.refuse("/nodes", 503);
        server.put("nodes", node("n1"));
        source.start(listener);
        awaitWatches(2);
        assertThat(listener.syncs()).isZero();
        server.allow("/nodes");
        listener.awaitSynced();
        assertThat(listener.present()).containsExactly("Node n1");
    }

    @Test
    void emptyClusterIsSyncedToo() {
        source.start(listener);
        listener.awaitSynced();
        assertThat(listener.events()).isEmpty();
    }

    @Test
    void asksWithTheSelectorsOfKubeProxy() {
        source.start(listener);
        awaitWatches(3);
        assertThat(server.requests())
                .filteredOn(request -> request.contains("/services?"))
                .hasSize(2)
                .allSatisfy(request -> assertThat(request)
                        .contains(" /api/v1/services?")
                        .contains("labelSelector=!service.kubernetes.io/service-proxy-name&")
                        .contains("fieldSelector=spec.clusterIP!=None"));
        assertThat(server.requests())
                .filteredOn(request -> request.contains("/endpointslices?"))
                .hasSize(2)
                .allSatisfy(request -> assertThat(request)
                        .contains(" /apis/discovery.k8s.io/v1/endpointslices?")
                        .contains("labelSelector=!service.kubernetes.io/headless")
                        .doesNotContain("fieldSelector"));
        assertThat(server.requests())
                .filteredOn(request -> request.contains("/nodes?"))
                .hasSize(2)
                .allSatisfy(request -> assertThat(request).contains("fieldSelector=metadata.name=n1"));
        assertThat(server.requests())
                .filteredOn(request -> request.startsWith("watch"))
                .allSatisfy(request -> assertThat(request).contains("allowWatchBookmarks=true"));
    }

    @Test
    void asksForItsOwnServicesAndNamespacesOnly() {
        source = source("b,a", Optional.of("ferry"));
        source.start(listener);
        awaitWatches(5);
        assertThat(server.requests())
                .filteredOn(request -> request.startsWith("list") && request.contains("services"))
                .extracting(request -> request.replaceAll("\\?.*labelSelector=([^&]*).*", " $1"))
                .containsExactlyInAnyOrder(
                        "list /api/v1/namespaces/a/services service.kubernetes.io/service-proxy-name=ferry",
                        "list /api/v1/namespaces/b/services service.kubernetes.io/service-proxy-name=ferry");
        assertThat(server.requests())
                .filteredOn(request -> request.startsWith("list") && request.contains("slices"))
                .extracting(request -> request.replaceAll("\\?.*", ""))
                .containsExactlyInAnyOrder(
                        "list /apis/discovery.k8s.io/v1/namespaces/a/endpointslices",
                        "list /apis/discovery.k8s.io/v1/namespaces/b/endpointslices");
        listener.awaitSynced();
        assertThat(listener.syncs()).isEqualTo(1);
    }

    @Test
    void changesArriveOneByOne() {
        source.start(listener);
        awaitWatches(3);
        server.put("services", service("shop", "web"));
        listener.awaitPresent("Service shop/web");
        server.put("services", service("shop", "web"));
        listener.await("two events", seen -> seen.events().size() == 2);
        server.delete("services", "shop", "web");
        listener.await("three events", seen -> seen.events().size() == 3);
        assertThat(listener.events().getLast())
                .isEqualTo(new ClusterEvent.ServiceRemoved(new ObjectName("shop", "web")));
    }

    @Test
    void startsWithoutAServerAndFindsItWhenItComes() {
        server.stop();
        source.start(listener);
        log.awaitLine("WARN API server cannot be used: connection refused; retrying");
        assertThat(listener.syncs()).isZero();
        server.put("services", service("shop", "web"));
        server.startAgain();
        listener.awaitSynced();
        log.awaitLine("INFO API server is back");
        assertThat(log.lines()).hasSize(2);
        assertThat(log.hasStackTrace()).isFalse();
    }

    @Test
    void whatHappenedWhileTheServerWasAwayIsMadeUpFor() {
        server.put("services", service("shop", "old"));
        server.put("services", service("shop", "stays"));
        source.start(listener);
        awaitWatches(3);
        server.stop();
        log.awaitLine("connection refused");
        server.delete("services", "shop", "old");
        server.put("services", service("shop", "new"));
        server.compact();
        server.startAgain();
        listener.awaitPresent("Service shop/new", "Service shop/stays");
        log.awaitLine("INFO API server is back");
        assertThat(listener.events().stream().filter(event -> event.toString().contains("stays")))
                .hasSize(1);
        assertThat(listener.syncs()).isEqualTo(1);
        assertThat(log.lines()).hasSize(2);
    }

    @Test
    void forgottenHistoryIsNoOutage() {
        server.put("services", service("shop", "old"));
        source.start(listener);
        awaitWatches(3);
        server.endWatches();
        server.delete("services", "shop", "old");
        server.compact();
        listener.await("nothing", seen -> seen.present().isEmpty());
        assertThat(log.lines()).isEmpty();
    }

    @Test
    void bookmarkMovesTheVersionThatTheNextWatchBeginsWith() {
        source.start(listener);
        awaitWatches(3);
        server.put("services", service("shop", "web"));
        listener.awaitPresent("Service shop/web");
        server.bookmark("services", "v1", "Service");
        server.put("services", service("shop", "after"));
        listener.awaitPresent("Service shop/after", "Service shop/web");
        server.endWatches();
        listener.await(
                "a new watch of Services from the newest version",
                _ -> server.requests().stream()
                        .anyMatch(request -> request.startsWith("watch /api/v1/services")
                                && request.contains("resourceVersion=103")));
        assertThat(listener.events()).hasSize(2);
    }

    @Test
    void watchesThatEndAgainAndAgainLoseNothingAndLogNothing() {
        source.start(listener);
        for (int i = 0; i < 5; i++) {
            awaitWatches(3 * (i + 1));
            server.endWatches();
            server.put("services", service("shop", "web-" + i));
        }
        listener.await("all five", seen -> seen.present().size() == 5);
        assertThat(log.lines()).isEmpty();
    }

    @Test
    void forbiddenNodeIsToldOnceAndNotWaitedForAndAskedForAgain() {
        source = new ApiServerSource(connection, scope("", Optional.empty()), Duration.ofMillis(50));
        server.refuse("/nodes", 403);
        server.put("nodes", node("n1"));
        source.start(listener);
        listener.awaitSynced();
        listener.await(
                "several tries",
                _ -> server.requests().stream()
                                .filter(request -> request.contains("nodes"))
                                .count()
                        > 3);
        server.allow("/nodes");
        listener.awaitPresent("Node n1");
        assertThat(log.linesWith("WARN"))
                .containsExactly(
                        "WARN API server does not let us read our Node; its zone and addresses are unknown: node=n1 retryMinutes=0");
    }

    @Test
    void serverThatCannotSelectByClusterIpIsAskedForAllServices() {
        server.refuse("fieldSelector=spec.clusterIP", 400);
        server.put("services", service("shop", "web"));
        source.start(listener);
        listener.awaitSynced();
        assertThat(listener.present()).containsExactly("Service shop/web");
        server.put("services", service("shop", "later"));
        listener.awaitPresent("Service shop/later", "Service shop/web");
        assertThat(log.lines())
                .singleElement()
                .asString()
                .startsWith("INFO API server does not select Services by spec.clusterIP");
    }

    @Test
    void servicesDeletedWhileTheServerBecameOneThatCannotSelectAreNoticed() {
        server.put("services", service("shop", "web"));
        server.put("services", service("shop", "goes"));
        source.start(listener);
        listener.awaitSynced();
        listener.await(
                "the watch", _ -> server.requests().stream().anyMatch(line -> line.contains("watch /api/v1/services")));
        server.stop();
        server.delete("services", "shop", "goes");
        server.compact();
        server.refuse("fieldSelector=spec.clusterIP", 400);
        server.startAgain();
        listener.awaitPresent("Service shop/web");
    }

    @Test
    void forbiddenListIsToldInTheServersWordsAndAskedForUntilItIsAllowed() {
        server.refuse("list /api/v1/services", 403);
        server.put("services", service("shop", "web"));
        source.start(listener);
        listener.await(
                "several tries",
                _ -> server.requests().stream()
                                .filter(request -> request.contains("list /api/v1/services"))
                                .count()
                        > 2);
        assertThat(listener.syncs()).isZero();
        server.allow("list /api/v1/services");
        listener.awaitSynced();
        log.awaitLine("INFO API server now allows to list services");
        assertThat(log.linesWith("WARN"))
                .containsExactly("WARN API server forbids to list services; asking again until it allows it:"
                        + " services is forbidden: User \"jane\" cannot list resource \"services\"");
        assertThat(log.hasStackTrace()).isFalse();
    }

    @Test
    void rejectedCredentialsAreToldOnceAndTriedAgain() {
        server.refuse("list", 401);
        source.start(listener);
        log.awaitLine("WARN API server cannot be used: it does not accept our credentials (401)");
        server.allow("list");
        listener.awaitSynced();
        log.awaitLine("INFO API server is back");
        assertThat(log.lines()).hasSize(2);
    }

    @Test
    void everyRequestIsObserved() throws Exception {
        server.refuse("/nodes", 403);
        source.start(listener);
        awaitWatches(2);
        String host = server.url().substring("http://".length());
        Await.until(() -> observed.containsAll(List.of(
                "GET " + host + " " + OptionalInt.of(200),
                "GET " + host + " " + OptionalInt.of(101),
                "GET " + host + " " + OptionalInt.of(403))));
        server.stop();
        log.awaitLine("connection refused");
        assertThat(observed).contains("GET " + host + " " + OptionalInt.empty());
    }

    @Test
    void nothingArrivesOnceItIsClosed() {
        source.start(listener);
        awaitWatches(3);
        source.close();
        server.put("services", service("shop", "web"));
        RecordingListener second = new RecordingListener();
        ApiServerSource other = source("", Optional.empty());
        other.start(second);
        second.awaitSynced();
        other.close();
        assertThat(listener.events()).isEmpty();
    }

    private void awaitWatches(int count) {
        listener.await(
                count + " watches",
                _ -> server.requests().stream()
                                .filter(request -> request.startsWith("watch"))
                                .count()
                        >= count);
    }

    private ApiServerSource source(String namespaces, Optional<String> proxyName) {
        return new ApiServerSource(connection, scope(namespaces, proxyName));
    }

    private static WatchScope scope(String namespaces, Optional<String> proxyName) {
        return new WatchScope(
                "n1", new TreeSet<>(namespaces.isEmpty() ? List.of() : List.of(namespaces.split(","))), proxyName);
    }

    private static ApiAccess access(String url) {
        KubeconfigResult result = new KubeconfigLoader(Map.of(), Path.of("/nonexistent"), Path.of("/nonexistent"))
                .load(new KubeconfigChoice(Optional.empty(), Optional.empty(), Optional.of(url)));
        return ((KubeconfigResult.Found) result).access();
    }

    private static HasMetadata service(String namespace, String name) {
        return new ServiceBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .endMetadata()
                .build();
    }

    private static HasMetadata slice(String namespace, String name) {
        return new EndpointSliceBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .endMetadata()
                .withAddressType("IPv4")
                .build();
    }

    private static HasMetadata node(String name) {
        return new NodeBuilder().withNewMetadata().withName(name).endMetadata().build();
    }
}
