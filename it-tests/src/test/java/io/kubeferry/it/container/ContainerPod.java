package io.kubeferry.it.container;

import io.kubeferry.it.capture.Machine;
import io.kubeferry.it.capture.NetworkNamespace;
import java.io.IOException;
import java.util.Objects;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.MountableFile;

/** A pod: a container with a small server and no network but what is made for it. Test thread only. */
final class ContainerPod implements AutoCloseable {
    static final int PORT = 8_080;

    private static final String CLASS_FILE = PodServer.class.getName().replace('.', '/') + ".class";

    private final GenericContainer<?> container;
    private final Machine machine;

    private ContainerPod(GenericContainer<?> container, Machine machine) {
        this.container = container;
        this.machine = machine;
    }

    /** Starts one. */
    static ContainerPod start(String name, String address) throws Exception {
        GenericContainer<?> container = AgentImage.container()
                .withNetworkMode("none")
                .withCopyToContainer(MountableFile.forClasspathResource(CLASS_FILE), "/pod/" + CLASS_FILE)
                .withCreateContainerCmdModifier(command -> command.withEntrypoint(
                        "/opt/kubeferry/runtime/bin/java", "-XX:+UseSerialGC", "-Xmx16m", "-XX:TieredStopAtLevel=1"))
                .withCommand("-cp", "/pod", PodServer.class.getName(), name, Integer.toString(PORT));
        container.start();
        long process =
                Objects.requireNonNull(container.getContainerInfo().getState().getPidLong());
        return new ContainerPod(
                container,
                new Machine(
                        name,
                        address,
                        "",
                        NetworkNamespace.ofProcess(ContainerCluster.nameOfNamespace(name), process)));
    }

    /** Its network, for what happens in it. */
    Machine machine() {
        return machine;
    }

    @Override
    public void close() throws IOException {
        machine.close();
        container.stop();
    }
}
