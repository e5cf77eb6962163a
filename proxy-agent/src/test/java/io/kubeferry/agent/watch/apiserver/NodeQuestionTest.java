package io.kubeferry.agent.watch.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.kubeferry.agent.testing.CapturedLog;
import io.kubeferry.agent.testing.FakeApiServer;
import io.kubeferry.agent.watch.NodeAnswer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NodeQuestionTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final FakeApiServer server = new FakeApiServer();
    private final CapturedLog log = new CapturedLog("io.kubeferry.agent.watch.apiserver");
    private final ApiConnection connection = connection(server.url());
    private final NodeQuestion question = new NodeQuestion(connection, "n1");

    @AfterEach
    void close() {
        connection.close();
        server.close();
        log.close();
    }

    @Test
    void nodeIsFoundByOneRequest() {
        server.put("nodes", node("n2"));
        assertThat(question.ask(PATIENCE)).isEqualTo(new NodeAnswer.Missing());
        server.put("nodes", node("n1"));
        assertThat(question.ask(PATIENCE))
                .isInstanceOfSatisfying(
                        NodeAnswer.Found.class,
                        found -> assertThat(found.node().name()).isEqualTo("n1"));
        assertThat(server.requests()).hasSize(2);
        assertThat(log.lines()).isEmpty();
    }

    @Test
    void aServerThatDoesNotTellIsNamedWithItsReason() {
        server.refuse("/nodes/n1", 403);
        assertThat(question.ask(PATIENCE)).isEqualTo(unknown(server.url(), "it does not let us read it (403)"));
        server.refuse("/nodes/n1", 503);
        assertThat(question.ask(PATIENCE)).isEqualTo(unknown(server.url(), "it is not ready (503)"));
        server.stop();
        assertThat(question.ask(PATIENCE)).isEqualTo(unknown(server.url(), "connection refused"));
        assertThat(log.lines()).isEmpty();
    }

    @Test
    void aServerThatDoesNotAnswerIsNotWaitedFor() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String url = "http://127.0.0.1:" + silent.getLocalPort();
            try (ApiConnection stuck = connection(url)) {
                assertThat(new NodeQuestion(stuck, "n1").ask(Duration.ofMillis(50)))
                        .isEqualTo(unknown(url, "no answer in time"));
            }
        }
    }

    private static ApiConnection connection(String url) {
        KubeconfigResult result = new KubeconfigLoader(Map.of(), Path.of("/nonexistent"), Path.of("/nonexistent"))
                .load(new KubeconfigChoice(Optional.empty(), Optional.empty(), Optional.of(url)));
        return new ApiConnection(((KubeconfigResult.Found) result).access(), (_, _, _, _) -> {});
    }

    private static NodeAnswer unknown(String url, String reason) {
        return new NodeAnswer.Unknown("API server " + url + "/ cannot be asked: " + reason);
    }

    private static HasMetadata node(String name) {
        return new NodeBuilder().withNewMetadata().withName(name).endMetadata().build();
    }
}
