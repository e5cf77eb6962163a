package io.kubeferry.it.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.testing.Await;
import io.kubeferry.core.testing.TestEndpoint;
import io.kubeferry.it.process.FakeCluster;
import io.kubeferry.it.process.FreePorts;
import io.kubeferry.it.process.Manifests;
import io.kubeferry.it.process.RunningAgent;
import io.kubeferry.it.process.ServicePlace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A process that starts while the API server is away serves what the one before it has left on disk. */
class StateDirIT {
    private static final String WEB_IP = "10.47.31.10";
    private static final String ECHO_IP = "10.47.31.11";
    private static final String KUBERNETES_IP = "10.47.31.1";
    private static final List<String> CLIENTS = List.of("127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5");

    @TempDir
    private Path folder;

    private final FakeCluster cluster = new FakeCluster();
    private ServicePlace web;
    private ServicePlace echo;
    private ServicePlace kubernetes;
    private StateFile file;
    private Path kubeconfig;
    private Path ready;

    @BeforeEach
    void createServices() throws Exception {
        web = ServicePlace.ofClusterIp(WEB_IP, FreePorts.next());
        echo = ServicePlace.ofClusterIp(ECHO_IP, FreePorts.next());
        kubernetes = ServicePlace.ofClusterIp(KUBERNETES_IP, FreePorts.next());
        cluster.putNode();
        cluster.put(
                "services",
                Manifests.service("web", WEB_IP, web.port())
                        .replace("type: ClusterIP", "type: ClusterIP\n  sessionAffinity: ClientIP"));
        for (String pod : List.of("a", "b", "c")) {
            cluster.put(
                    "endpointslices",
                    Manifests.slice("web", "web-" + pod, cluster.pod(pod).address()));
        }
        cluster.put("services", Manifests.service("echo", ECHO_IP, echo.port()));
        TestEndpoint echoing = cluster.pod(socket -> socket.getInputStream().transferTo(socket.getOutputStream()));
        cluster.put("endpointslices", Manifests.slice("echo", "echo-1", echoing.address()));
        putKubernetes(cluster.pod("kubernetes"));
        kubeconfig = cluster.kubeconfig(folder);
        file = StateFile.in(folder.resolve("state"));
        ready = folder.resolve("ready");
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "KILL"})
    void everythingIsServedAtOnceAndClientsStayWhereTheyWere(String signal) throws Exception {
        Map<String, String> before;
        try (RunningAgent agent = start()) {
            web.awaitServed();
            before = answers();
            assertThat(before.values()).contains("a", "b", "c");
            Await.until(this::allClientsAreSaved);
            cluster.api().stop();
            agent.command().signal(signal);
            agent.command().exitCode();
        }
        try (RunningAgent agent = start()) {
            agent.awaitOutput("--state-dir: until API server " + cluster.api().url());
            web.awaitServed();
            assertThat(answers()).isEqualTo(before);
            assertThat(agent.health("/healthz")).isEqualTo(200);
            assertThat(agent.health("/livez")).isEqualTo(200);
            assertThat(ready).as("it has not seen the cluster itself").doesNotExist();
            assertThat(agent.status("/api/v1/services"))
                    .contains("what is served is from the state file " + file.path() + " of 2", " s old: waiting for");

            try (Socket connection = echo.connect()) {
                assertEchoes(connection, "before");
                cluster.api().startAgain();
                agent.awaitOutput("the source has told everything");
                Await.until(() -> Files.exists(ready));
                assertEchoes(connection, "after");
            }
            assertThat(answers()).isEqualTo(before);
            assertThat(agent.status("/api/v1/services")).doesNotContain("state file");
            assertThat(agent.command().lines("no longer it/"))
                    .as("what is the same is not touched")
                    .isEmpty();
            assertThat(agent.command().lines("it/web:http ClusterIP")).hasSize(1);
        }
    }

    @Test
    void whatChangedMeanwhileIsTakenUpAndWhatWentIsGone() throws Exception {
        leaveAFile();
        cluster.api().delete("services", "it", "echo");
        cluster.api().delete("endpointslices", "it", "echo-1");
        cluster.api().delete("endpointslices", "it", "web-a");
        cluster.api().delete("endpointslices", "it", "web-b");
        try (RunningAgent agent = start()) {
            agent.awaitOutput("--state-dir: until");
            echo.awaitServed();
            cluster.api().startAgain();
            echo.awaitRefused();
            Await.until(() -> answers().values().stream().allMatch("c"::equals));
            assertThat(kubernetes.answer()).isEqualTo("kubernetes");
            Await.until(() -> !isSaved("\"echo\"") && isSaved("\"web\""));
        }
    }

    enum Mishap {
        CUT("bytes: "),
        DAMAGED("crc32c: "),
        OF_ANOTHER_NODE("node: here (expected: elsewhere)"),
        READABLE_FOR_OTHERS("mode: 0644 (expected: 0600)"),
        OF_ANOTHER_USER("owner: user 65532 (expected: user "),
        EMPTY("first line: "),
        OUTDATED(" s ago (expected: less than 600 s ago)"),
        OF_ANOTHER_BOOT("bootId: another-boot (expected: ");

        private final String sentence;

        Mishap(String sentence) {
            this.sentence = sentence;
        }

        /** Whether the file is whole, and only its endpoints may be wrong by now. */
        boolean leavesTheWayToTheApiServer() {
            return this == OUTDATED || this == OF_ANOTHER_BOOT;
        }
    }

    @ParameterizedTest
    @EnumSource(Mishap.class)
    void aFileThatCannotBeBelievedIsNamedAndNotServed(Mishap mishap) throws Exception {
        if (mishap == Mishap.OF_ANOTHER_USER) {
            Requirements.root();
        }
        leaveAFile();
        List<String> more = new ArrayList<>();
        switch (mishap) {
            case CUT -> file.cut();
            case DAMAGED -> file.damage();
            case OF_ANOTHER_NODE -> more.addAll(List.of("--hostname-override", "elsewhere"));
            case READABLE_FOR_OTHERS ->
                Files.setPosixFilePermissions(file.path(), PosixFilePermissions.fromString("rw-r--r--"));
            case OF_ANOTHER_USER -> Files.setAttribute(file.path(), "unix:uid", 65_532);
            case EMPTY -> Files.writeString(file.path(), "");
            case OUTDATED -> file.older(600);
            case OF_ANOTHER_BOOT -> file.ofAnotherBoot();
        }
        try (RunningAgent agent = start(more.toArray(String[]::new))) {
            agent.awaitOutput("API server cannot be used");
            assertThat(agent.command().lines(mishap.sentence)).hasSize(1);
            assertThat(agent.command().lines("--state-dir"))
                    .singleElement()
                    .satisfies(line -> assertThat(line).contains(file.path().toString(), "has told everything"));
            if (mishap.leavesTheWayToTheApiServer()) {
                kubernetes.awaitAnswerOf("kubernetes");
                assertThat(agent.status("/api/v1/services")).contains("only default/kubernetes is served");
            } else {
                assertThat(kubernetes.refuses()).isTrue();
                assertThat(agent.status("/api/v1/services")).contains("nothing is served yet");
            }
            assertThat(web.refuses()).isTrue();
            cluster.api().startAgain();
            Await.until(() -> !web.refuses() && answers().values().contains("a"));
            // It is written anew, whatever it was.
            Await.until(() -> isSaved("\"web\"") && isSaved("\"bootId\":\"" + bootId() + "\""));
        }
    }

    @Test
    void theApiServerIsReachedThroughItsOwnServiceFromAnOldFile() throws Exception {
        kubeconfig = FakeCluster.kubeconfig(folder, "http://" + kubernetes.address() + ":" + kubernetes.port());
        Relay toApiServer = new Relay(Integer.parseInt(cluster.api().url().replaceAll(".*:", "")));
        putKubernetes(cluster.pod(toApiServer));
        // Somebody else is the way to the API server, until a file is left.
        try (ServerSocket somebody =
                        new ServerSocket(kubernetes.port(), 50, InetAddress.getByName(kubernetes.address()));
                RunningAgent agent = start()) {
            toApiServer.acceptFrom(somebody);
            web.awaitServed();
            Await.until(() -> isSaved("\"kubernetes\""));
            agent.command().signal("KILL");
            agent.command().exitCode();
        }
        file.ofAnotherBoot();
        try (RunningAgent agent = start()) {
            agent.awaitOutput("only default/kubernetes is served");
            web.awaitServed();
            agent.awaitOutput("the source has told everything");
        }
    }

    @Test
    void aFolderThatCannotBeUsedIsOneWarning() throws Exception {
        Files.writeString(folder.resolve("state"), "a file where the folder should be");
        try (RunningAgent agent = start()) {
            agent.awaitOutput("--state-dir: the state cannot be written");
            web.awaitServed();
            Await.until(() -> agent.metric("kubeferry_state_write_failures_total") >= 1);
            assertThat(agent.command().lines("the state cannot be written"))
                    .singleElement()
                    .satisfies(line -> assertThat(line)
                            .contains("WARN", folder.resolve("state").toString(), "everything is served all the same"));
            assertThat(agent.command().output()).doesNotContain("Exception", "\tat ");
        }
    }

    @Test
    void ofTwoProcessesThatOverlapTheNewerWrites() throws Exception {
        try (RunningAgent older = start("--overlap")) {
            older.awaitOutput("is kept for the next start");
            try (RunningAgent newer = start("--overlap")) {
                older.awaitOutput("has taken over " + file.path());
                newer.awaitOutput("is kept for the next start");
                Files.delete(file.path());
                cluster.api().delete("services", "it", "echo");
                Await.until(() -> isSaved("\"web\""));
                older.command().signal("TERM");
                assertThat(older.command().exitCode()).isZero();
                assertThat(file.text()).doesNotContain("\"echo\"");
                newer.command().signal("KILL");
                newer.command().exitCode();
            }
        }
        try (RunningAgent next = start("--overlap")) {
            next.awaitOutput("--state-dir: until");
        }
    }

    @Test
    void whoTakesOverServesNothingBeforeItKnowsTheClusterAndGoesOnWithTheClients() throws Exception {
        String[] pair = pairFlags();
        Path readyNext = folder.resolve("ready-next");
        try (RunningAgent older = start(pair)) {
            Await.until(() -> Files.exists(ready));
            Map<String, String> before = answers();
            Await.until(this::allClientsAreSaved);
            cluster.api().stop();
            ready = readyNext;
            try (RunningAgent newer = start(pair)) {
                newer.awaitOutput("API server cannot be used");
                assertThat(newer.command().lines("it/web:http ClusterIP")).isEmpty();
                assertThat(readyNext).doesNotExist();
                cluster.api().startAgain();
                Await.until(() -> Files.exists(readyNext));
                older.command().signal("TERM");
                assertThat(older.command().exitCode()).isZero();
                assertThat(answers()).isEqualTo(before);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "KILL"})
    void whoIsToTakeOverServesWhatTheOtherOneLeftIfThatOneEndsFirst(String signal) throws Exception {
        String[] pair = pairFlags();
        Path readyNext = folder.resolve("ready-next");
        try (RunningAgent older = start(pair)) {
            Await.until(() -> Files.exists(ready));
            Map<String, String> before = answers();
            Await.until(this::allClientsAreSaved);
            cluster.api().stop();
            ready = readyNext;
            try (RunningAgent newer = start(pair)) {
                newer.awaitOutput("API server cannot be used");
                older.command().signal(signal);
                older.command().exitCode();
                newer.awaitOutput("--state-dir: until");
                web.awaitServed();
                assertThat(answers()).isEqualTo(before);
                assertThat(readyNext).doesNotExist();
                cluster.api().startAgain();
                Await.until(() -> Files.exists(readyNext));
                assertThat(answers()).isEqualTo(before);
            }
        }
    }

    /** Two processes that answer for themselves at the same addresses are a pair. */
    private static String[] pairFlags() throws IOException {
        return new String[] {
            "--overlap",
            "--healthz-bind-address=127.0.0.1:" + FreePorts.next(),
            "--metrics-bind-address=127.0.0.1:" + FreePorts.next(),
            "--status-bind-address=127.0.0.1:" + FreePorts.next()
        };
    }

    @Test
    void aProcessThatIsThereByMistakeDoesNotWrite() throws Exception {
        try (RunningAgent first = start()) {
            first.awaitOutput("is kept for the next start");
            try (RunningAgent second = start()) {
                second.awaitOutput("another process writes " + file.path());
                assertThat(second.command().output()).doesNotContain("is kept for the next start");
                first.command().signal("TERM");
                first.command().exitCode();
                second.awaitOutput("is kept for the next start");
            }
        }
    }

    /** Runs an agent until it has left everything in a file, and takes the API server away. */
    private void leaveAFile() throws Exception {
        try (RunningAgent agent = start()) {
            web.awaitServed();
            Await.until(() -> isSaved("\"web-c\"") && isSaved("\"kubernetes\""));
            cluster.api().stop();
            agent.command().signal("TERM");
            agent.command().exitCode();
        }
    }

    private RunningAgent start(String... more) throws IOException {
        List<String> words = new ArrayList<>(List.of(
                "--state-dir",
                folder.resolve("state").toString(),
                "--ready-file",
                ready.toString(),
                "--addresses",
                "loopback"));
        words.addAll(List.of(more));
        return RunningAgent.onKubeconfig(kubeconfig, words.toArray(String[]::new));
    }

    private void putKubernetes(TestEndpoint endpoint) {
        cluster.put(
                "services",
                Manifests.service("kubernetes", KUBERNETES_IP, kubernetes.port())
                        .replace("namespace: it", "namespace: default"));
        cluster.put(
                "endpointslices",
                Manifests.slice("kubernetes", "kubernetes", endpoint.address())
                        .replace("namespace: it", "namespace: default"));
    }

    private boolean isSaved(String part) throws IOException {
        return file.text().contains(part);
    }

    private boolean allClientsAreSaved() throws IOException {
        String text = file.text();
        return CLIENTS.stream().allMatch(client -> text.contains("\"" + client + "\""));
    }

    private static String bootId() throws IOException {
        return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).trim();
    }

    /** Which pod each client is sent to. */
    private Map<String, String> answers() throws IOException {
        Map<String, String> answers = new TreeMap<>();
        for (String client : CLIENTS) {
            try (Socket socket = new Socket()) {
                socket.bind(new InetSocketAddress(client, 0));
                answers.put(
                        client,
                        new String(web.connect(socket).getInputStream().readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        return answers;
    }

    private static void assertEchoes(Socket connection, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        connection.getOutputStream().write(bytes);
        assertThat(connection.getInputStream().readNBytes(bytes.length)).isEqualTo(bytes);
    }
}
