package io.kubeferry.it.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.testing.Await;
import io.kubeferry.it.process.FakeCluster;
import io.kubeferry.it.process.RunningAgent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A process that starts while the API server is away serves what the one before it has left on disk. */
class StateDirIT extends OnSavedCluster {
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

    private static String bootId() throws IOException {
        return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).trim();
    }

    private static void assertEchoes(Socket connection, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        connection.getOutputStream().write(bytes);
        assertThat(connection.getInputStream().readNBytes(bytes.length)).isEqualTo(bytes);
    }
}
