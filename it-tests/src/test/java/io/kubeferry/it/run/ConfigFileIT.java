package io.kubeferry.it.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.testing.FreePorts;
import io.kubeferry.core.testing.TestEndpoint;
import io.kubeferry.it.process.Manifests;
import io.kubeferry.it.process.RunningCommand;
import io.kubeferry.it.process.ServicePlace;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node's own kube-proxy configuration, given to kubeferry. */
class ConfigFileIT {
    private static final int FAILURE = 1;

    @TempDir
    private Path folder;

    @Test
    void kubeadmsFileIsTakenAsItIsAndAChangeOfItEndsTheProcess() throws Exception {
        int metricsPort = FreePorts.next();
        // Tests keep to loopback; nothing else of the file is touched.
        String kubeadms = resource("/io/kubeferry/agent/options/kubeadm-config.conf")
                .replace("healthzBindAddress: \"\"", "healthzBindAddress: 127.0.0.1:" + FreePorts.next())
                .replace("metricsBindAddress: \"\"", "metricsBindAddress: 127.0.0.1:" + metricsPort);
        Path config = Files.writeString(folder.resolve("config.conf"), kubeadms);
        Path manifests = Files.createDirectory(folder.resolve("manifests"));
        ServicePlace web = ServicePlace.ofClusterIp("10.47.24.10", FreePorts.next());
        try (TestEndpoint pod = TestEndpoint.saying("a")) {
            Files.writeString(
                    manifests.resolve("web.yaml"),
                    Manifests.file(
                            Manifests.service("web", "10.47.24.10", web.port()),
                            Manifests.slice("web", "web-1", pod.address())));
            List<String> words = List.of(
                    "run",
                    "--config=" + config,
                    "--hostname-override=" + Manifests.NODE,
                    "--manifests=" + manifests,
                    "--status-bind-address=");
            try (RunningCommand command = RunningCommand.start(Map.of(), words)) {
                web.awaitAnswerOf("a");
                assertThat(get(metricsPort, "/configz"))
                        .startsWith("{\"kubeproxy.config.k8s.io\":{")
                        .contains("\"clusterCIDR\":\"10.244.0.0/16\"");
                assertThat(get(metricsPort, "/proxyMode")).isEqualTo("userspace");
                assertThat(command.output()).doesNotContain("ignored", "WARN", "ERROR");

                Files.writeString(config, kubeadms.replace("10.244.0.0/16", "10.245.0.0/16"));
                assertThat(command.exitCode()).as(command.output()).isEqualTo(FAILURE);
                assertThat(command.lines("the configuration has changed")).hasSize(1);
                assertThat(web.refuses()).isTrue();
            }
        }
    }

    private static String get(int port, String path) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    private static String resource(String name) throws IOException {
        try (InputStream resource = Objects.requireNonNull(ConfigFileIT.class.getResourceAsStream(name))) {
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
