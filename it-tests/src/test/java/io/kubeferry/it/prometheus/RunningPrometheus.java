package io.kubeferry.it.prometheus;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubeferry.core.testing.FreePorts;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A Prometheus with one configuration and data of its own. Gone when closed. Test thread only. */
final class RunningPrometheus implements AutoCloseable {
    private static final int STARTING = 503;

    private final Process process;
    private final int port;
    private final HttpClient http = HttpClient.newHttpClient();

    private RunningPrometheus(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Whether this machine has {@code prometheus} and {@code promtool}. */
    static boolean isInstalled() {
        return Stream.of("prometheus", "promtool")
                .allMatch(command -> Stream.of(System.getenv("PATH").split(":"))
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, command))));
    }

    /** Starts one in {@code folder}. */
    static RunningPrometheus start(Path folder, String configuration) throws IOException {
        Path file = Files.writeString(folder.resolve("prometheus.yml"), configuration);
        int port = FreePorts.next();
        Process process = new ProcessBuilder(
                        "prometheus",
                        "--config.file=" + file,
                        "--storage.tsdb.path=" + folder.resolve("data"),
                        "--web.listen-address=127.0.0.1:" + port)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("prometheus.log").toFile())
                .start();
        return new RunningPrometheus(process, port);
    }

    /** The samples that an expression comes to now; none while it is still starting. */
    JsonNode query(String expression) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + port + "/api/v1/query?query="
                + URLEncoder.encode(expression, StandardCharsets.UTF_8));
        HttpResponse<String> response;
        try {
            response = http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException notYet) {
            return new ObjectMapper().createArrayNode();
        }
        if (response.statusCode() == STARTING) {
            return new ObjectMapper().createArrayNode();
        }
        JsonNode answer = new ObjectMapper().readTree(response.body());
        if (answer.path("status").asText().equals("error")) {
            throw new AssertionError(expression + ": " + answer.path("error").asText());
        }
        return answer.path("data").path("result");
    }

    @Override
    public void close() {
        http.close();
        process.destroyForcibly().onExit().join();
    }
}
