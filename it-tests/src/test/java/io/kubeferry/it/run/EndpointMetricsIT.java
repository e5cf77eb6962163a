package io.kubeferry.it.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.testing.Await;
import io.kubeferry.core.testing.FreePorts;
import io.kubeferry.core.testing.TestEndpoint;
import io.kubeferry.it.process.Manifests;
import io.kubeferry.it.process.RunningAgent;
import io.kubeferry.it.process.ServicePlace;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Series of endpoints, for those who ask for them. */
class EndpointMetricsIT {
    private static final String SERIES = "kubeferry_endpoint_connections_active";

    @TempDir
    private Path folder;

    private final TestEndpoint pod = TestEndpoint.echoing();
    private ServicePlace web;

    @BeforeEach
    void writeWeb() throws Exception {
        web = ServicePlace.ofClusterIp("10.47.16.10", FreePorts.next());
        write(Manifests.service("web", "10.47.16.10", web.port()), Manifests.slice("web", "web-1", pod.address()));
    }

    @AfterEach
    void close() {
        pod.close();
    }

    @Test
    void theyOutliveTheEndpointForAsLongAsItsConnectionsDo() throws Exception {
        try (RunningAgent agent = RunningAgent.onManifests(folder, "--endpoint-metrics")) {
            web.awaitServed();
            agent.awaitNoConnections();
            assertThat(agent.metrics()).doesNotContain(SERIES);
            try (Socket client = web.connect()) {
                String endpoint = "endpoint=\"" + pod.address() + "\"";
                Await.until(() -> agent.metric(SERIES, "service=\"web\"", "port=\"http\"", endpoint) == 1);
                write(Manifests.service("web", "10.47.16.10", web.port()));
                web.awaitRefused();
                assertThat(agent.metric(SERIES, endpoint)).isEqualTo(1);
                client.shutdownOutput();
            }
            Await.until(() -> !agent.metrics().contains(SERIES));
        }
    }

    @Test
    void nobodyElseHasThem() throws Exception {
        try (RunningAgent agent = RunningAgent.onManifests(folder)) {
            web.awaitServed();
            agent.awaitNoConnections();
            try (Socket client = web.connect()) {
                client.getOutputStream().write('x');
                assertThat(client.getInputStream().read()).isEqualTo('x');
                assertThat(agent.metrics())
                        .contains("kubeferry_connections_active{")
                        .doesNotContain(SERIES);
            }
        }
    }

    private void write(String... documents) throws Exception {
        Files.writeString(folder.resolve("web.yaml"), Manifests.file(documents));
    }
}
