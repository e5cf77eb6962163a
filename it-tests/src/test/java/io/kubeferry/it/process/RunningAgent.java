package io.kubeferry.it.process;

import io.kubeferry.core.testing.Await;
import io.kubeferry.core.testing.FreePorts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** {@code kubeferry run} of the packaged image, with free ports for health checks and metrics. Test thread only. */
public final class RunningAgent implements AutoCloseable {
    /** Changes are applied sooner than by default, so that tests are quick. */
    private static final List<String> QUICK = List.of("--min-sync-period", "50ms", "-v", "0");

    private final RunningCommand command;
    private final int healthPort;
    private final int metricsPort;
    private final int statusPort;
    private final HttpClient http = HttpClient.newHttpClient();

    private RunningAgent(RunningCommand command, int healthPort, int metricsPort, int statusPort) {
        this.command = command;
        this.healthPort = healthPort;
        this.metricsPort = metricsPort;
        this.statusPort = statusPort;
    }

    /** An agent of {@code folder}, with {@code more} flags. */
    public static RunningAgent onManifests(Path folder, String... more) throws IOException {
        return start(Map.of(), List.of("--manifests", folder.toString()), List.of(more));
    }

    /** An agent of the API server that {@code kubeconfig} names, with {@code more} flags. */
    public static RunningAgent onKubeconfig(Path kubeconfig, String... more) throws IOException {
        return start(Map.of(), List.of("--kubeconfig", kubeconfig.toString()), List.of(more));
    }

    private static RunningAgent start(Map<String, String> environment, List<String> source, List<String> more)
            throws IOException {
        int healthPort = FreePorts.next();
        int metricsPort = FreePorts.next();
        int statusPort = FreePorts.next();
        List<String> words = new ArrayList<>(List.of("run"));
        words.addAll(source);
        words.addAll(List.of("--hostname-override", Manifests.NODE));
        words.addAll(List.of("--healthz-bind-address", "127.0.0.1:" + healthPort));
        words.addAll(List.of("--metrics-bind-address", "127.0.0.1:" + metricsPort));
        words.addAll(List.of("--status-bind-address", "127.0.0.1:" + statusPort));
        words.addAll(QUICK);
        words.addAll(more);
        return new RunningAgent(RunningCommand.start(environment, words), healthPort, metricsPort, statusPort);
    }

    /** The process. */
    public RunningCommand command() {
        return command;
    }

    /** Returns when it has said {@code part}. */
    public void awaitOutput(String part) throws Exception {
        command.awaitOutput(part);
    }

    /** Where {@code kubeferry status} finds it. */
    public String statusAddress() {
        return "127.0.0.1:" + statusPort;
    }

    /** Where a Prometheus scrapes it. */
    public String metricsAddress() {
        return "127.0.0.1:" + metricsPort;
    }

    /** The status of {@code path} on the address of health checks. */
    public int health(String path) throws Exception {
        return get(healthPort, path).statusCode();
    }

    /** The text of all metrics. */
    public String metrics() throws Exception {
        return get(metricsPort, "/metrics").body();
    }

    /** What the metrics address answers at {@code path}. */
    public String diagnostics(String path) throws IOException, InterruptedException {
        return get(metricsPort, path).body();
    }

    /** What the status address answers at {@code path}. */
    public String status(String path) throws IOException, InterruptedException {
        return get(statusPort, path).body();
    }

    /** The value of the only series of {@code name} whose labels hold every one of {@code labels}; 0 where there is none. */
    public double metric(String name, String... labels) throws Exception {
        return metrics()
                .lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .filter(line -> Arrays.stream(labels).allMatch(line::contains))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /** Returns when it has no connection any more. */
    public void awaitNoConnections() throws Exception {
        Await.until(() -> metric("kubeferry_connections_active") == 0);
    }

    private HttpResponse<String> get(int port, String path) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Override
    public void close() throws IOException {
        http.close();
        command.close();
    }
}
