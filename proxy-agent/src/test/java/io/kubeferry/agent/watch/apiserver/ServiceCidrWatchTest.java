package io.kubeferry.agent.watch.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.fabric8.kubernetes.api.model.networking.v1.ServiceCIDRBuilder;
import io.kubeferry.agent.testing.CapturedLog;
import io.kubeferry.agent.testing.FakeApiServer;
import io.kubeferry.agent.testing.RecordingListener;
import io.kubeferry.core.testing.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ServiceCidrWatchTest {
    private final FakeApiServer server = new FakeApiServer();
    private final RecordingListener listener = new RecordingListener();
    private final CapturedLog log = new CapturedLog("io.kubeferry.agent.watch.apiserver");
    private final ApiConnection connection = connection(server.url());
    private final Logger fabric8 = (Logger) LoggerFactory.getLogger("io.fabric8");
    private final ApiServerSource source = source(true);

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
    void rangesThatComeAndGoAreDelivered() {
        putRange();
        source.start(listener);
        listener.awaitPresent("ServiceCIDR kubernetes");
        server.delete("servicecidrs", null, "kubernetes");
        listener.awaitPresent();
        assertThat(log.lines()).isEmpty();
    }

    @Test
    void aServerThatHasNoneForUsIsAskedAgainAndKeepsNothingElseFromBeingServed() {
        server.refuse("/servicecidrs", 403);
        putRange();
        source.start(listener);
        listener.awaitSynced();
        log.awaitLine("INFO API server has no ServiceCIDRs for us");
        server.allow("/servicecidrs");
        listener.awaitPresent("ServiceCIDR kubernetes");
        assertThat(log.lines()).hasSize(1);
        assertThat(connection.status().problems()).isEmpty();
    }

    @Test
    void nobodyIsAskedWhereTheyAreOfNoInterest() throws Exception {
        try (ApiServerSource other = source(false)) {
            other.start(listener);
            listener.awaitSynced();
            Await.until(() -> server.requests().stream().anyMatch(request -> request.contains("/nodes?")));
            assertThat(server.requests()).noneMatch(request -> request.contains("servicecidrs"));
        }
    }

    private void putRange() {
        server.put(
                "servicecidrs",
                new ServiceCIDRBuilder()
                        .withNewMetadata()
                        .withName("kubernetes")
                        .endMetadata()
                        .withNewSpec()
                        .withCidrs("10.96.0.0/16")
                        .endSpec()
                        .build());
    }

    private ApiServerSource source(boolean serviceRanges) {
        return new ApiServerSource(
                connection,
                new WatchScope("n1", new TreeSet<>(), Optional.empty(), serviceRanges),
                Duration.ofMillis(50));
    }

    private static ApiConnection connection(String url) {
        KubeconfigResult result = new KubeconfigLoader(Map.of(), Path.of("/nonexistent"), Path.of("/nonexistent"))
                .load(new KubeconfigChoice(Optional.empty(), Optional.empty(), Optional.of(url)));
        return new ApiConnection(((KubeconfigResult.Found) result).access(), (_, _, _, _) -> {});
    }
}
