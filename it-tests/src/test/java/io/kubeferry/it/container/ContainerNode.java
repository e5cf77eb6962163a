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
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;

/**
 * A node: a container that has a place on the network of the nodes, and in that place, as with a pod's hostNetwork, one with the
 * agent as the manifests of {@code deploy/} start it. Like a machine it can go and come back, and then has lost what was set in
 * its network. Test thread only.
 */
final class ContainerNode implements AutoCloseable {
    private static final int STOP_SECONDS = 40;
    private static final long MEMORY = 512L << 20;

    private final DockerClient docker = DockerEngine.client();
    private final String name;
    private final String address;
    private final Network network;
    private final String apiServer;
    private final GenericContainer<?> host;
    private @Nullable GenericContainer<?> agent;
    /** Null but while one agent takes over from another. */
    private @Nullable GenericContainer<?> former;

    private @Nullable Machine machine;

    ContainerNode(String name, String address, Network network, String apiServer) {
        this.name = name;
        this.address = address;
        this.network = network;
        this.apiServer = apiServer;
        host = AgentImage.container()
                .withNetwork(network)
                .withCommand("infinity")
                .withCreateContainerCmdModifier(command -> {
                    command.withIpv4Address(address).withEntrypoint("sleep");
                    // What the init container sets.
                    Objects.requireNonNull(command.getHostConfig()).withSysctls(Map.of("net.ipv4.ip_forward", "1"));
                });
    }

    private GenericContainer<?> newAgent() {
        return AgentImage.container()
                .withNetworkMode("container:" + host.getContainerId())
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
                    command.withEntrypoint(AgentImage.WITH_ONE_RIGHT);
                    confine(Objects.requireNonNull(command.getHostConfig()));
                });
    }

    /** As a kubelet does with {@code deploy/base/daemonset.yaml}. */
    private static void confine(HostConfig host) {
        host.withReadonlyRootfs(true)
                .withTmpFs(Map.of("/tmp", "exec"))
                .withCapDrop(Capability.ALL)
                .withCapAdd(Capability.NET_ADMIN)
                .withMemory(MEMORY);
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
        if (host.getContainerId() == null) {
            host.start();
        } else {
            docker.startContainerCmd(host.getContainerId()).exec();
        }
        machine = new Machine(
                name,
                address,
                "",
                NetworkNamespace.ofProcess(
                        ContainerCluster.nameOfNamespace(name),
                        Objects.requireNonNull(inspect(host).getState().getPidLong())));
        agent = startAgent();
    }

    private GenericContainer<?> startAgent() throws Exception {
        GenericContainer<?> started = newAgent();
        started.start();
        // The file that the readiness probe looks for, from outside: that is quicker than a program inside.
        Path ready =
                Path.of("/proc", Objects.toString(inspect(started).getState().getPidLong()), "root/tmp/ready");
        try {
            Await.until(() -> Files.exists(ready));
        } catch (AssertionError never) {
            throw new AssertionError("node " + name + " did not get ready: " + started.getLogs(), never);
        }
        return started;
    }

    /** Starts another agent beside the one that is at work, and returns when it is ready. */
    void startNextAgent() throws Exception {
        former = agent();
        agent = startAgent();
    }

    /** Ends the one that was there before {@link #startNextAgent}, and returns its exit code. */
    long stopFormerAgent() throws Exception {
        GenericContainer<?> stopping = former();
        long exit = stop(stopping);
        stopping.stop();
        former = null;
        return exit;
    }

    /** All that it has said, while it is there. */
    String formerLog() {
        return former().getLogs();
    }

    private GenericContainer<?> former() {
        return Objects.requireNonNull(former, "there is one agent");
    }

    /** Ends it in an orderly way, and returns the exit code of the agent. */
    long stop() throws Exception {
        long exit = stop(agent());
        kill();
        return exit;
    }

    private long stop(GenericContainer<?> container) {
        docker.stopContainerCmd(container.getContainerId())
                .withTimeout(STOP_SECONDS)
                .exec();
        return Objects.requireNonNull(inspect(container).getState().getExitCodeLong());
    }

    /** Ends it as a power cut does. */
    void kill() throws Exception {
        agent().stop();
        agent = null;
        docker.killContainerCmd(host.getContainerId()).exec();
        Await.until(() -> !Boolean.TRUE.equals(inspect(host).getState().getRunning()));
        machine().close();
        machine = null;
    }

    /** Pulls its plug out of the network of the nodes. */
    void disconnect() {
        docker.disconnectFromNetworkCmd()
                .withContainerId(host.getContainerId())
                .withNetworkId(network.getId())
                .exec();
    }

    /** Puts it back. */
    void reconnect() {
        docker.connectToNetworkCmd()
                .withContainerId(host.getContainerId())
                .withNetworkId(network.getId())
                .withContainerNetwork(
                        new ContainerNetwork().withIpamConfig(new ContainerNetwork.Ipam().withIpv4Address(address)))
                .exec();
    }

    /** All that the agent has said. */
    String log() {
        return agent().getLogs();
    }

    private GenericContainer<?> agent() {
        return Objects.requireNonNull(agent, "the node is not up");
    }

    private InspectContainerResponse inspect(GenericContainer<?> container) {
        return docker.inspectContainerCmd(container.getContainerId()).exec();
    }

    @Override
    public void close() throws IOException {
        if (machine != null) {
            machine.close();
        }
        for (GenericContainer<?> each : Arrays.asList(former, agent)) {
            if (each != null) {
                each.stop();
            }
        }
        host.stop();
    }
}
