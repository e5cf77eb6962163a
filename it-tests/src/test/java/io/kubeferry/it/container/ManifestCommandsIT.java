package io.kubeferry.it.container;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.HostConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.GenericContainer;

/** What the DaemonSet runs, in the image that it runs it in: the image has only the programs that its Dockerfile names. */
class ManifestCommandsIT {
    private static final Path DAEMON_SET = Path.of(System.getProperty("kubeferry.deploy"), "base/daemonset.yaml");

    @BeforeAll
    static void requireDocker() {
        DockerEngine.require();
    }

    @Test
    void everyProgramThatTheDaemonSetRunsIsInTheImage() throws Exception {
        List<String> programs = new YAMLMapper()
                .readTree(DAEMON_SET.toFile()).findValues("command").stream()
                        .map(command -> command.get(0).asText())
                        .distinct()
                        .toList();
        assertThat(programs).contains("install", "tini", "test");
        try (GenericContainer<?> container = idle()) {
            container.start();
            for (String program : programs) {
                ExecResult found = container.execInContainer("sh", "-c", "command -v " + program);
                assertThat(found.getExitCode()).as(program).isZero();
            }
        }
    }

    @Test
    void folderOfTheStateIsMadeForTheAgentsUserAndMadeAgain() throws Exception {
        JsonNode maker = StreamSupport.stream(
                        new YAMLMapper()
                                .readTree(DAEMON_SET.toFile())
                                .at("/spec/template/spec/initContainers")
                                .spliterator(),
                        false)
                .filter(container -> container.path("name").asText().equals("state-dir"))
                .findFirst()
                .orElseThrow();
        String[] command = StreamSupport.stream(maker.path("command").spliterator(), false)
                .map(JsonNode::asText)
                .toArray(String[]::new);
        try (GenericContainer<?> container = idle()) {
            container.start();
            for (int round = 0; round < 2; round++) {
                ExecResult made = container.execInContainer(command);
                assertThat(made.getExitCode()).as(made.getStderr()).isZero();
                assertThat(container
                                .execInContainer("ls", "-ldn", "/run/kubeferry")
                                .getStdout())
                        .startsWith("drwx------")
                        .contains(" 65532 65532 ");
            }
        }
    }

    /** A container that only waits, with the rights that the manifest gives to what makes the folder. */
    private static GenericContainer<?> idle() {
        return AgentImage.container().withNetworkMode("none").withCreateContainerCmdModifier(command -> {
            command.withEntrypoint("sleep").withCmd("600").withUser("0:0");
            HostConfig host = Objects.requireNonNull(command.getHostConfig());
            host.withReadonlyRootfs(true)
                    .withTmpFs(Map.of("/run/kubeferry", "mode=0755"))
                    .withCapDrop(Capability.ALL)
                    .withCapAdd(Capability.CHOWN, Capability.FOWNER);
        });
    }
}
