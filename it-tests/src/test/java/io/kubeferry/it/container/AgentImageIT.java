package io.kubeferry.it.container;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectImageResponse;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.HostConfig;
import io.kubeferry.core.testing.Await;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.startupcheck.StartupCheckStrategy;
import org.testcontainers.utility.DockerStatus;

/** The image, and how it behaves as a container: its size, its rights, signals, memory, and system calls. */
class AgentImageIT {
    private static final long MAX_BYTES = 150_000_000;
    private static final long CLIENT_BYTES = 96L << 20;
    private static final String JAVA_OPTIONS = "KUBEFERRY_JAVA_OPTS";
    private static final Path SECCOMP =
            Path.of(System.getProperty("kubeferry.deploy"), "components/io-uring/seccomp.json");

    @BeforeAll
    static void requireDocker() {
        DockerEngine.require();
    }

    @Test
    void isSmallTellsWhatItIsAndIsNotForRoot() throws Exception {
        InspectImageResponse image = AgentImage.inspect(AgentImage.name());
        assertThat(image.getSize()).isLessThan(MAX_BYTES);
        assertThat(Objects.requireNonNull(image.getConfig()).getUser()).isEqualTo("65532:65532");
        assertThat(image.getConfig().getLabels())
                .containsEntry("org.opencontainers.image.title", "kubeferry")
                .containsEntry("org.opencontainers.image.licenses", "Apache-2.0")
                .containsKeys("org.opencontainers.image.description", "org.opencontainers.image.version")
                .containsKey("org.opencontainers.image.revision");
    }

    @Test
    void anotherBuildOfTheSameFolderHasTheSameLayers() throws Exception {
        String again = AgentImage.build("kubeferry-it:again", true).get();
        try {
            assertThat(layers(again)).hasSize(4).isEqualTo(layers(AgentImage.name()));
        } finally {
            DockerEngine.client().removeImageCmd(again).withForce(true).exec();
        }
    }

    @Test
    void startsWithTheClassesOfItsCache() {
        // With this mode the JVM refuses to start where the cache does not fit.
        assertThat(run(Map.of(JAVA_OPTIONS, "-XX:AOTMode=on"), host -> {}, "--version"))
                .startsWith("kubeferry 0.");
    }

    @Test
    void startsWithoutAWordWhereTheCacheDoesNotFit() {
        assertThat(run(Map.of(JAVA_OPTIONS, "-XX:-UseCompactObjectHeaders"), host -> {}, "--version"))
                .startsWith("kubeferry 0.")
                .hasLineCount(1);
    }

    @Test
    void endsWithZeroAtSigtermAndLeavesNoZombies() throws Exception {
        try (GenericContainer<?> agent = agent(host -> {})) {
            agent.start();
            Await.until(() -> agent.getLogs().contains("HTTP server listens site=status"));
            // An orphan, as a shell of 'kubectl exec' may leave one behind.
            agent.execInContainer("sh", "-c", "sleep 0.1 &");
            ProcessHandle first = ProcessHandle.of(Objects.requireNonNull(
                            agent.getCurrentContainerInfo().getState().getPidLong()))
                    .orElseThrow();
            // Zombies are children as well; what Docker lists leaves them out.
            Await.until(() -> first.children()
                    .map(child -> child.info().command().orElse("a zombie"))
                    .toList()
                    .equals(List.of("/opt/kubeferry/runtime/bin/java")));
            DockerEngine.client().stopContainerCmd(agent.getContainerId()).exec();
            assertThat(agent.getCurrentContainerInfo().getState().getExitCodeLong())
                    .isZero();
            assertThat(agent.getLogs()).contains("stopped accepting");
        }
    }

    @Test
    void clientIsSmallBesideTheAgent() throws Exception {
        try (GenericContainer<?> agent =
                agent(host -> {}).withEnv(JAVA_OPTIONS, "-Xms192m -Xmx192m -XX:+AlwaysPreTouch")) {
            agent.start();
            Await.until(() -> agent.getLogs().contains("HTTP server listens site=status"));
            agent.execInContainer("sh", "-c", "kubeferry status --watch >/tmp/out &");
            Await.until(
                    () -> agent.execInContainer("cat", "/tmp/out").getStdout().contains("SERVICE"));
            String client = processes(agent).stream()
                    .filter(line -> line.contains("status --watch"))
                    .findFirst()
                    .orElseThrow();
            long kilobytes = Files.readAllLines(Path.of("/proc", client.split(" ")[0], "status")).stream()
                    .filter(line -> line.startsWith("RssAnon:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .sum();
            assertThat(kilobytes * 1_024).isBetween(1L, CLIENT_BYTES);
        }
    }

    @Test
    void runsOnEpollUnderAProfileWithoutIoUringAndSaysWhyItCannotHaveMore() throws Exception {
        String profile = Files.readString(SECCOMP).replaceAll("\\s*\"io_uring_[a-z]+\",", "");
        Consumer<HostConfig> confined = host -> host.withSecurityOpts(List.of("seccomp=" + profile));
        try (GenericContainer<?> agent = agent(confined)) {
            agent.start();
            Await.until(() -> agent.getLogs().contains("HTTP server listens site=status"));
            assertThat(agent.getLogs().lines().filter(line -> line.contains("transport")))
                    .singleElement()
                    .asString()
                    .contains("transport=epoll");
        }
        assertThat(run(Map.of(), confined, "run", "--manifests=/opt", "--transport=io_uring"))
                .contains("--transport: io_uring is not available here")
                .hasLineCount(1);
    }

    @Test
    void profileThatIsShippedSufficesForCaptureOnIoUring() throws Exception {
        String profile = Files.readString(SECCOMP);
        try (GenericContainer<?> agent = agent(
                        host -> host.withCapAdd(Capability.NET_ADMIN).withSecurityOpts(List.of("seccomp=" + profile)))
                .withCreateContainerCmdModifier(command -> command.withEntrypoint(AgentImage.WITH_ONE_RIGHT))
                .withCommand("run", "--manifests=/opt", "--addresses=capture", "--transport=io_uring")) {
            agent.start();
            Await.until(() -> agent.getLogs().contains("HTTP server listens site=status"));
            assertThat(agent.getLogs())
                    .contains("transport=io_uring", "check: this process has CAP_NET_ADMIN")
                    .doesNotContain("cannot", "ERROR");
        }
    }

    /** An agent that has nothing to serve, confined as the manifests do it. */
    private static GenericContainer<?> agent(Consumer<HostConfig> more) {
        return AgentImage.container()
                .withNetworkMode("none")
                .withCommand("run", "--manifests=/opt", "--addresses=loopback")
                .withCreateContainerCmdModifier(command -> {
                    HostConfig host = Objects.requireNonNull(command.getHostConfig());
                    host.withReadonlyRootfs(true)
                            .withTmpFs(Map.of("/tmp", "exec"))
                            .withCapDrop(Capability.ALL);
                    more.accept(host);
                });
    }

    /** What it says when it is run to its end, whatever that is. */
    private static String run(Map<String, String> environment, Consumer<HostConfig> more, String... words) {
        try (GenericContainer<?> container = AgentImage.container()
                .withNetworkMode("none")
                .withEnv(environment)
                .withCommand(words)
                .withCreateContainerCmdModifier(command -> more.accept(Objects.requireNonNull(command.getHostConfig())))
                .withStartupCheckStrategy(new ToItsEnd())) {
            container.start();
            return container.getLogs();
        }
    }

    private static List<String> layers(String image) {
        return Objects.requireNonNull(
                Objects.requireNonNull(AgentImage.inspect(image).getRootFS()).getLayers());
    }

    /** A line for each process: its identifier on this machine, and its words. */
    private static List<String> processes(GenericContainer<?> container) {
        return Stream.of(Objects.requireNonNull(DockerEngine.client()
                        .topContainerCmd(container.getContainerId())
                        .withPsArgs("-eo pid,args")
                        .exec()
                        .getProcesses()))
                .map(columns -> String.join(" ", Arrays.asList(columns)))
                .toList();
    }

    /** A container has started when it has ended, with whatever exit code. */
    private static final class ToItsEnd extends StartupCheckStrategy {
        @Override
        public StartupStatus checkStartupState(DockerClient docker, String container) {
            return DockerStatus.isContainerStopped(getCurrentState(docker, container))
                    ? StartupStatus.SUCCESSFUL
                    : StartupStatus.NOT_YET_KNOWN;
        }
    }
}
