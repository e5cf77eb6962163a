package io.kubeferry.it.page;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubeferry.core.testing.Await;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;

/** A headless Chromium with one page. Gone when closed, with everything that it wrote. Test thread only. */
final class Browser implements AutoCloseable {
    private static final String COMMAND = "chromium";

    private final Path profile;
    private final Process process;
    private final HttpClient http = HttpClient.newHttpClient();
    private final Queue<String> complaints = new ConcurrentLinkedQueue<>();
    private final Queue<String> requests = new ConcurrentLinkedQueue<>();
    private final DevTools page;

    private Browser(Path profile, Process process) throws Exception {
        this.profile = profile;
        this.process = process;
        Path portFile = profile.resolve("DevToolsActivePort");
        Await.until(() -> Files.exists(portFile) && Files.readAllLines(portFile).size() > 1);
        String port = Files.readAllLines(portFile).getFirst();
        HttpResponse<String> opened = http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/json/new?about:blank"))
                        .PUT(HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        String place = new ObjectMapper()
                .readTree(opened.body())
                .get("webSocketDebuggerUrl")
                .textValue();
        page = new DevTools(http, URI.create(place), this::note);
        for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
            page.call(domain + ".enable", Map.of());
        }
    }

    /** Whether this machine has the browser. */
    static boolean isInstalled() {
        return Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, COMMAND)));
    }

    /** A browser that shows nothing yet. */
    static Browser start() throws Exception {
        Path profile = Files.createTempDirectory("kubeferry-browser-");
        // The sandbox needs rights that a test in a container, or one of root, does not have.
        Process process = new ProcessBuilder(
                        COMMAND,
                        "--headless=new",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--hide-scrollbars",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + profile)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            return new Browser(profile, process);
        } catch (Exception | AssertionError failure) {
            end(process, profile);
            throw failure;
        }
    }

    /** What the page complained of: errors in the console, exceptions, violations of the policy, requests that failed. */
    List<String> complaints() {
        return List.copyOf(complaints);
    }

    /** Every address that was asked so far. */
    List<String> requests() {
        return List.copyOf(requests);
    }

    void open(String address) throws Exception {
        page.call("Page.navigate", Map.of("url", address));
    }

    /** The size of the window in CSS pixels, as a phone has it or as a screen has it. */
    void size(int width, int height, boolean phone) throws Exception {
        page.call(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", phone));
    }

    /** What the user likes better: {@code dark} or {@code light}. */
    void prefer(String scheme) throws Exception {
        page.call(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    }

    /** The value of an expression, once a promise of it has come true. */
    JsonNode value(String expression) throws Exception {
        JsonNode answer = page.call(
                "Runtime.evaluate", Map.of("expression", expression, "returnByValue", true, "awaitPromise", true));
        if (answer.has("exceptionDetails")) {
            throw new IOException(expression + ": " + answer.get("exceptionDetails"));
        }
        return answer.path("result").path("value");
    }

    /** Returns when the expression is true. */
    void await(String expression) throws Exception {
        try {
            Await.until(() -> value(expression).asBoolean());
        } catch (AssertionError never) {
            throw new AssertionError("never true: " + expression + "; complaints: " + complaints, never);
        }
    }

    /** Types a key by its name: {@code ArrowDown}, {@code /}. */
    void press(String key) throws Exception {
        int code = switch (key) {
            case "Enter" -> 13;
            case "Escape" -> 27;
            case "End" -> 35;
            case "Home" -> 36;
            case "ArrowDown" -> 40;
            default -> 0;
        };
        String text = key.length() == 1 ? key : key.equals("Enter") ? "\r" : "";
        page.call(
                "Input.dispatchKeyEvent",
                Map.of("type", "keyDown", "key", key, "windowsVirtualKeyCode", code, "text", text));
        page.call("Input.dispatchKeyEvent", Map.of("type", "keyUp", "key", key, "windowsVirtualKeyCode", code));
    }

    /** What is to be seen, as PNG. */
    byte[] picture() throws Exception {
        return Base64.getDecoder()
                .decode(page.call("Page.captureScreenshot", Map.of("format", "png"))
                        .get("data")
                        .textValue());
    }

    private void note(JsonNode event) {
        JsonNode told = event.path("params");
        switch (event.path("method").asText()) {
            case "Runtime.exceptionThrown" ->
                complaints.add(told.path("exceptionDetails").toString());
            case "Runtime.consoleAPICalled" -> complaints.add(told.path("args").toString());
            case "Log.entryAdded" -> complaints.add(told.path("entry").toString());
            case "Network.requestWillBeSent" ->
                requests.add(told.path("request").path("url").asText());
            case "Network.loadingFailed" -> {
                if (!told.path("canceled").asBoolean()) {
                    complaints.add(told.toString());
                }
            }
            default -> {
                // Of no interest.
            }
        }
    }

    @Override
    public void close() throws IOException {
        page.close();
        http.close();
        end(process, profile);
    }

    private static void end(Process process, Path profile) throws IOException {
        List<ProcessHandle> all = Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                .toList();
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(handle -> handle.onExit().join());
        try (Stream<Path> files = Files.walk(profile)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
