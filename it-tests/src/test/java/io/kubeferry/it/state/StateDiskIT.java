package io.kubeferry.it.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.testing.Await;
import io.kubeferry.core.testing.FreePorts;
import io.kubeferry.core.testing.TestEndpoint;
import io.kubeferry.it.process.Manifests;
import io.kubeferry.it.process.RunningAgent;
import io.kubeferry.it.process.ServicePlace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is full, and one that takes nothing: the agent serves all the same, and what was left before stays whole. */
class StateDiskIT {
    private static final String CLUSTER_IP = "10.47.32.10";

    @TempDir
    private Path folder;

    private final TestEndpoint pod = TestEndpoint.saying("a");
    private ServicePlace web;
    private ServicePlace more;
    private Path disk;
    private Path manifests;
    private StateFile file;

    @BeforeAll
    static void needRoot() {
        Requirements.root();
    }

    @BeforeEach
    void mountAndWrite() throws Exception {
        disk = Files.createDirectory(folder.resolve("disk"));
        run("mount", "-t", "tmpfs", "-o", "size=64k,mode=0700", "kubeferry-it", disk.toString());
        file = StateFile.in(disk);
        manifests = Files.createDirectory(folder.resolve("manifests"));
        web = ServicePlace.ofClusterIp(CLUSTER_IP, FreePorts.next());
        more = ServicePlace.ofClusterIp(CLUSTER_IP, FreePorts.next());
        write("web", web);
    }

    @AfterEach
    void unmount() throws Exception {
        pod.close();
        run("umount", disk.toString());
    }

    @Test
    void aFullDiskIsToldOnceAndTheFileStaysAsItWas() throws Exception {
        try (RunningAgent agent = start()) {
            agent.awaitOutput("is kept for the next start");
            Path filler = fill();
            String before = file.text();
            write("more", more);
            more.awaitServed();
            agent.awaitOutput("the state cannot be written to " + file.path() + ": No space left on device");
            assertThat(file.text()).isEqualTo(before);
            assertThat(names()).as("nothing of the attempt is left").containsOnly("state.json", "lock", "filler");
            assertThat(agent.metric("kubeferry_state_write_failures_total")).isPositive();
            assertThat(agent.health("/healthz")).isEqualTo(200);

            Files.delete(filler);
            agent.awaitOutput("the state can be written again");
            assertThat(file.text()).contains("\"more\"");
            assertThat(agent.command().lines("cannot be written")).hasSize(1);
            assertThat(agent.command().lines("can be written again")).hasSize(1);
        }
    }

    @Test
    void aDiskThatTakesNothingIsReadFromAndToldOnce() throws Exception {
        try (RunningAgent agent = start()) {
            agent.awaitOutput("is kept for the next start");
            agent.command().signal("KILL");
            agent.command().exitCode();
        }
        run("mount", "-o", "remount,ro", disk.toString());
        String before = file.text();
        try (RunningAgent agent = start()) {
            agent.awaitOutput("--state-dir: until manifests in " + manifests + " has told everything");
            web.awaitServed();
            agent.awaitOutput("the state cannot be written to " + file.path() + ": Read-only file system");
            write("more", more);
            more.awaitServed();
            assertThat(file.text()).isEqualTo(before);

            run("mount", "-o", "remount,rw", disk.toString());
            agent.awaitOutput("the state can be written again");
            Await.until(() -> file.text().contains("\"more\""));
            assertThat(agent.command().lines("cannot be written")).hasSize(1);
        }
    }

    private RunningAgent start() throws IOException {
        return RunningAgent.onManifests(
                manifests, "--state-dir", disk.toString(), "--addresses", "loopback", "--node-zone", "z");
    }

    private void write(String name, ServicePlace place) throws IOException {
        Files.writeString(
                manifests.resolve(name + ".yaml"),
                Manifests.file(
                        Manifests.service(name, CLUSTER_IP, place.port()),
                        Manifests.slice(name, name + "-1", pod.address())));
    }

    /** Leaves no room for a byte more. */
    private Path fill() throws IOException {
        Path filler = disk.resolve("filler");
        try (var out = Files.newOutputStream(filler)) {
            byte[] page = new byte[4_096];
            while (true) {
                out.write(page);
            }
        } catch (IOException full) {
            return filler;
        }
    }

    private Set<String> names() throws IOException {
        try (var files = Files.list(disk)) {
            return new HashSet<>(
                    files.map(path -> path.getFileName().toString()).toList());
        }
    }

    private static void run(String... words) throws Exception {
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor())
                .as(String.join(" ", Arrays.asList(words)) + ": " + said)
                .isZero();
    }
}
