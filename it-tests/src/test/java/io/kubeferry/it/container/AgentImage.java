package io.kubeferry.it.container;

import com.github.dockerjava.api.command.InspectImageResponse;
import java.nio.file.Path;
import java.util.concurrent.Future;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.images.builder.ImageFromDockerfile;
import org.testcontainers.utility.DockerImageName;

/** The image that {@code deploy/Dockerfile} makes of the packaged command: built once for all tests, and kept for the next run. */
final class AgentImage {
    /** The words of {@code deploy/base/daemonset.yaml} that start the agent with CAP_NET_ADMIN, as its user. */
    static final String[] WITH_ONE_RIGHT = {
        "tini",
        "--",
        "setpriv",
        "--inh-caps=-all,+net_admin",
        "--ambient-caps=-all,+net_admin",
        "--no-new-privs",
        "kubeferry"
    };

    private static final Path PACKAGED = Path.of(System.getProperty("kubeferry.image"));
    private static final Path DOCKERFILE = Path.of(System.getProperty("kubeferry.deploy"), "Dockerfile");
    private static final ImageFromDockerfile BUILT = build("kubeferry-it:dev", false);

    private AgentImage() {}

    /** Builds it under {@code name}: {@code fromNothing}, or with what an earlier build has left. */
    static ImageFromDockerfile build(String name, boolean fromNothing) {
        // Not as a path: that would have every FROM pulled first, and what the base is called here may be made here.
        return new ImageFromDockerfile(name)
                .withFileFromPath("Dockerfile", DOCKERFILE)
                .withFileFromPath(".", PACKAGED)
                .withBuildImageCmdModifier(
                        command -> command.withNoCache(fromNothing).withNetworkMode("host"));
    }

    /** Its name. */
    static String name() throws Exception {
        return ((Future<String>) BUILT).get();
    }

    /** A container of it, which is not started yet. */
    static GenericContainer<?> container() {
        return new GenericContainer<>(BUILT);
    }

    static InspectImageResponse inspect(String name) {
        return DockerEngine.client()
                .inspectImageCmd(DockerImageName.parse(name).asCanonicalNameString())
                .exec();
    }
}
