package io.kubeferry.it.container;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.ContainerNetwork;
import com.github.dockerjava.api.model.HostConfig;
import io.kubeferry.core.testing.Await;
import io.kubeferry.it.capture.Machine;
import io.kubeferry.it.capture.NetworkNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;

/**
 * A node: a container with the agent as the manifests of {@code deploy/} start it, on the network of the nodes. Like a
 * machine it can go and come back, and then has lost what was set in its network. Test thread only.
 */
final class ContainerNode implements AutoCloseable {
    private static final int STOP_SECONDS = 40;
    private static final long MEMORY = 512L << 20;

    private final DockerClient docker = DockerEngine.client();
    private final String name;
    private final String address;
    private final Network network;
    private final GenericContainer<?> container;
    private @Nullable Machine machine;

    ContainerNode(String name, String address, Network network, String apiServer) {
        this.name = name;
        this.address = address;
        this.network = network;
        container = AgentImage.container()
                .withNetwork(network)
                .withCommand(
                        "run",
                        "--hostname-override=" + name,
                        "--master=" + apiServer,
                        "--addresses=capture",
                        "--cluster-cidr=" + ContainerCluster.POD_RANGE,
                        "--drain-timeout=30s",
                        "--overlap",
                        "--ready-file=/tmp/ready")
                .withEnv("KUBEFERRY_JAVA_OPTS", "-Xmx192m -XX:MaxDirectMemorySize=128m")
                .withCreateContainerCmdModifier(command -> {
                    command.withIpv4Address(address).withEntrypoint(AgentImage.WITH_ONE_RIGHT);
                    confine(Objects.requireNonNull(command.getHostConfig()));
                });
    }

    /** As a kubelet does with {@code deploy/base/daemonset.yaml}; forwarding is the init container's. */
    private static void confine(HostConfig host) {
        host.withReadonlyRootfs(true)
                .withTmpFs(Map.of("/tmp", "exec"))
                .withCapDrop(Capability.ALL)
                .withCapAdd(Capability.NET_ADMIN)
                .withMemory(MEMORY)
                .withSysctls(Map.of("net.ipv4.ip_forward", "1"));
    }

    String name() {
        return name;
    }

    String address() {
        return address;
    }

    /** Its network, for what happens in it. */
    Machine machine() {
        return Objects.requireNonNull(machine, "the node is not up");
    }

    /** Starts it and returns when the agent has seen the cluster. */
    void start() throws Exception {
        if (container.getContainerId() == null) {
            container.start();
        } else {
            docker.startContainerCmd(container.getContainerId()).exec();
        }
        long process = Objects.requireNonNull(inspect().getState().getPidLong());
        machine = new Machine(
                name, address, "", NetworkNamespace.ofProcess(ContainerCluster.nameOfNamespace(name), process));
        awaitReady(process);
    }

    /** Returns when the file is there that the readiness probe looks for, from outside: that is quicker than a program inside. */
    private void awaitReady(long process) throws Exception {
        Path ready = Path.of("/proc", Long.toString(process), "root/tmp/ready");
        try {
            Await.until(() -> Files.exists(ready));
        } catch (AssertionError never) {
            throw new AssertionError("node " + name + " did not get ready: " + container.getLogs(), never);
        }
    }

    /** Ends it as {@code docker stop} does, and returns the exit code. */
    long stop() throws Exception {
        docker.stopContainerCmd(container.getContainerId())
                .withTimeout(STOP_SECONDS)
                .exec();
        return ended();
    }

    /** Ends it as a power cut does. */
    void kill() throws Exception {
        docker.killContainerCmd(container.getContainerId()).exec();
        Await.until(() -> !Boolean.TRUE.equals(inspect().getState().getRunning()));
        ended();
    }

    private long ended() throws Exception {
        machine().close();
        machine = null;
        return Objects.requireNonNull(inspect().getState().getExitCodeLong());
    }

    /** Pulls its plug out of the network of the nodes. */
    void disconnect() {
        docker.disconnectFromNetworkCmd()
                .withContainerId(container.getContainerId())
                .withNetworkId(network.getId())
                .exec();
    }

    /** Puts it back. */
    void reconnect() {
        docker.connectToNetworkCmd()
                .withContainerId(container.getContainerId())
                .withNetworkId(network.getId())
                .withContainerNetwork(
                        new ContainerNetwork().withIpamConfig(new ContainerNetwork.Ipam().withIpv4Address(address)))
                .exec();
    }

    /** All that the agent has said. */
    String log() {
        return container.getLogs();
    }

    private InspectContainerResponse inspect() {
        return docker.inspectContainerCmd(container.getContainerId()).exec();
    }

    @Override
    public void close() throws IOException {
        if (machine != null) {
            machine.close();
        }
        container.stop();
    }
}
